"""Circular node orders with few edge crossings.

Baur and Brandes, "Crossing Reduction in Circular Layouts", WG 2004: nodes are chosen by their number of placed
neighbours and appended at the end that adds fewer crossings; sifting then moves each node to its best position.
"""

import heapq

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import CsrGraph, Edges, undirected_csr
from graphkeep.compute.kernels.jit import exact
from graphkeep.compute.metrics.communities import communities

STEPS = 40_000_000  # nodes times neighbours, over all rounds: about two seconds
ROUNDS = 8

Order = npt.NDArray[np.int32]


def circular_order(n: int, edges: Edges) -> Order:
    """Node rows int32 (n,) in circular order. Large graphs are ordered by community, since sifting takes too long."""
    near = undirected_csr(n, edges)
    rounds = min(ROUNDS, STEPS // max(n * len(near.indices), 1))
    if rounds == 0:
        communities_of = communities(n, edges)
        return appended(near.indptr, near.indices, blocks(n, near, communities_of), False, False)
    candidates = [
        sifted(near.indptr, near.indices.copy(), initial, rounds)
        for initial in (
            appended(near.indptr, near.indices, np.zeros(n, np.int32), True, False),
            appended(near.indptr, near.indices, np.zeros(n, np.int32), True, True),
        )
    ]
    return min(candidates, key=lambda order: int(crossed(near.indptr, near.indices, order)))


def blocks(n: int, near: CsrGraph, communities_of: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Community of each node, renumbered so that linked communities are adjacent."""
    count = int(communities_of.max(initial=-1)) + 1
    source = np.repeat(np.arange(n), near.degree)
    between = np.column_stack((communities_of[source], communities_of[near.indices])).astype(
        np.int32
    )
    quotient = undirected_csr(count, between)
    order = appended(quotient.indptr, quotient.indices, np.zeros(count, np.int32), True, False)
    rank = np.empty(count, np.int32)
    rank[order] = np.arange(count)
    return rank[communities_of]


@exact
def appended(indptr, indices, block, both_ends, outward):
    """Order built by appending nodes at its ends, block by block: most placed neighbours first, or, if `outward`,
    fewest unplaced neighbours first.
    """
    n = len(indptr) - 1
    row = np.empty(2 * n + 1, np.int32)
    position_of = np.full(n, -1, np.int64)
    left = n
    right = n - 1
    waiting = np.zeros(n, np.int64)
    placed = np.zeros(n, np.int64)
    opened = np.zeros(2 * n + 2, np.int64)  # edges to unplaced nodes, in a Fenwick tree
    ready = [(np.int64(0), np.int64(0), np.int64(0), np.int64(0)) for _ in range(0)]
    for i in range(n):
        waiting[i] = indptr[i + 1] - indptr[i]
        ready.append((np.int64(block[i]), np.int64(0), waiting[i], np.int64(i)))
        if outward:
            ready[-1] = (np.int64(block[i]), waiting[i], np.int64(0), np.int64(i))
    heapq.heapify(ready)
    while len(ready) > 0:
        _, first_key, second_key, v = heapq.heappop(ready)
        if position_of[v] >= 0 or (second_key if outward else first_key) != -placed[v]:
            continue
        total = prefix(opened, right) if right >= left else 0
        crossings_left = 0
        crossings_right = 0
        closed = 0
        for e in range(indptr[v], indptr[v + 1]):
            p = position_of[indices[e]]
            if p >= 0:
                open_left = prefix(opened, p - 1)
                open_beside = prefix(opened, p) - open_left
                crossings_left += open_left
                crossings_right += total - open_left - open_beside
                closed += 1
        prefers_left = both_ends and crossings_left < crossings_right
        if right < left or not prefers_left:
            right += 1
            p = right
        else:
            left -= 1
            p = left
        row[p] = v
        position_of[v] = p
        for e in range(indptr[v], indptr[v + 1]):
            u = indices[e]
            if position_of[u] >= 0:
                add(opened, position_of[u], -1)
            else:
                add(opened, p, 1)
                placed[u] += 1
                waiting[u] -= 1
                if outward:
                    heapq.heappush(ready, (np.int64(block[u]), waiting[u], -placed[u], np.int64(u)))
                else:
                    heapq.heappush(ready, (np.int64(block[u]), -placed[u], waiting[u], np.int64(u)))
    return row[left : right + 1].copy()


@exact
def prefix(sums, i):
    total = 0
    i += 1
    while i > 0:
        total += sums[i]
        i -= i & -i
    return total


@exact
def add(sums, i, by):
    i += 1
    while i < len(sums):
        sums[i] += by
        i += i & -i


@exact
def crossed(indptr, indices, order):
    """Number of crossing pairs of edges: for each edge, the edges that start inside it and end beyond it."""
    n = len(order)
    position_of = np.empty(n, np.int32)
    for p in range(n):
        position_of[order[p]] = p
    opened = np.zeros(n + 1, np.int64)
    count = 0
    for p in range(n):
        v = order[p]
        for e in range(indptr[v], indptr[v + 1]):
            q = position_of[indices[e]]
            if q < p:
                add(opened, q, -1)
        for e in range(indptr[v], indptr[v + 1]):
            q = position_of[indices[e]]
            if q < p:
                count += prefix(opened, p - 1) - prefix(opened, q)
        for e in range(indptr[v], indptr[v + 1]):
            if position_of[indices[e]] > p:
                add(opened, p, 1)
    return count


@exact
def sifted(indptr, indices, order, rounds):
    """Sifting: each node is moved to the position with fewest crossings, until no move improves."""
    n = len(order)
    row = order.copy()
    position_of = np.empty(n, np.int32)
    for p in range(n):
        position_of[row[p]] = p
    for v in range(n):
        by_place(indices, indptr[v], indptr[v + 1], position_of)
    if n < 4:
        return row
    for _ in range(rounds):
        gained = 0
        for k in range(n):
            u = order[k]
            if indptr[u] == indptr[u + 1]:
                continue
            start = position_of[u]
            change = 0
            least = 0
            best = 0
            for step in range(n - 2):
                v = row[(start + 1 + step) % n]
                change += passing(indptr, indices, position_of, u, v, start, n)
                if change < least:
                    least = change
                    best = step + 1
            if best == 0:
                continue
            gained -= least
            for step in range(best):
                v = row[(start + 1 + step) % n]
                row[(start + step) % n] = v
                position_of[v] = (start + step) % n
            row[(start + best) % n] = u
            position_of[u] = (start + best) % n
            lists_with(u, indptr, indices, position_of)
            if start + best >= n:  # one node wrapped around the end of the row
                lists_with(row[n - 1], indptr, indices, position_of)
        if gained == 0:
            break
    return row


@exact
def passing(indptr, indices, at, u, v, start, n):
    """Change in the number of crossings when `u`, which started at `start`, moves past `v`.

    Read from there, the row is u, v, then the rest. The edges u-x and v-y cross if x comes before y; once u is
    behind v, if y comes before x.
    """
    position = at[v]
    degree_u = indptr[u + 1] - indptr[u]
    degree_v = indptr[v + 1] - indptr[v]
    a = turned(indices, indptr[u], indptr[u + 1], at, position)
    b = turned(indices, indptr[v], indptr[v + 1], at, position)
    linked = 0
    for e in range(indptr[v], indptr[v + 1]):
        if indices[e] == u:
            linked = 1
    remaining = degree_v - linked
    change = 0
    passed = 0
    j = 0
    for i in range(degree_u):
        x = indices[indptr[u] + (a + i) % degree_u]
        if x == v:
            continue
        distance = (at[x] - position) % n
        while j < degree_v:
            y = indices[indptr[v] + (b + j) % degree_v]
            if y == u:
                j += 1
                continue
            if (at[y] - position) % n >= distance:
                break
            passed += 1
            j += 1
        shared = 0
        if j < degree_v and indices[indptr[v] + (b + j) % degree_v] == x:
            shared = 1
        change += passed - (remaining - passed - shared)
    return change


@exact
def lists_with(v, indptr, indices, at):
    for e in range(indptr[v], indptr[v + 1]):
        by_place(indices, indptr[indices[e]], indptr[indices[e] + 1], at)


@exact
def turned(indices, first, last, at, position):
    """Offset of the first neighbour in a list sorted by position when the row is read from `position`."""
    for e in range(first, last):
        if at[indices[e]] > position:
            return e - first
    return 0


@exact
def by_place(indices, first, last, at):
    for e in range(first + 1, last):
        v = indices[e]
        k = e - 1
        while k >= first and at[indices[k]] > at[v]:
            indices[k + 1] = indices[k]
            k -= 1
        indices[k + 1] = v
