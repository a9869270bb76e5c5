"""Node order within layers, with few edge crossings.

Sugiyama, Tagawa and Toda, 1981: sweeps down and up, each layer sorted by the barycentres of its neighbours,
alternating with their medians (Eades and Wormald, 1994). Crossings are counted as by Barth, Jünger and Mutzel
(GD 2002); at the end adjacent nodes are swapped where that removes crossings.
"""

import numpy as np

from graphkeep.compute.kernels.csr import directed_csr, undirected_csr
from graphkeep.compute.kernels.jit import exact

SWEEPS = 24
PATIENCE = 6  # sweeps without improvement
WORK = 12_000_000  # visits of nodes and edges over all sweeps: about a second
SWITCHED = 400  # neighbours: nodes with more are not swapped


def ordered_layers(layer, edges):
    """Nodes by layer, then from left to right, int32 (n,), and the offset of each layer, int64 (layers + 1,)."""
    n = len(layer)
    indptr = np.zeros(int(layer.max(initial=-1)) + 2, np.int64)
    np.cumsum(np.bincount(layer, minlength=len(indptr) - 1), out=indptr[1:])
    down = directed_csr(n, edges)
    up = directed_csr(n, edges[:, ::-1])
    near = undirected_csr(n, edges)
    sweeps = int(min(SWEEPS, max(2, WORK // max(n + 2 * len(edges), 1))))
    candidates = []
    for initial in (
        deep(down.indptr, down.indices, up.indptr, up.indices, layer, indptr),
        wide(near.indptr, near.indices, layer, indptr),
    ):
        row = swept(
            down.indptr, down.indices, up.indptr, up.indices, indptr, initial, sweeps, PATIENCE
        )
        switched(
            down.indptr, down.indices, up.indptr, up.indices, indptr, row, min(sweeps, 10), SWITCHED
        )
        candidates.append((int(counted(down.indptr, down.indices, indptr, row)), row))
    return min(candidates, key=lambda candidate: candidate[0])[1], indptr


@exact
def wide(near_ptr, near_idx, layer, indptr):
    """Initial order by breadth-first search from a far end, which unrolls a band."""
    n = len(layer)
    queue = np.empty(n, np.int32)
    visited = np.zeros(n, np.uint8)
    begin = 0
    for start in range(n):
        if visited[start]:
            continue
        root = start
        for turn in range(3):
            end = begin + 1
            queue[begin] = root
            visited[root] = turn + 1
            for head in range(begin, n):
                if head == end:
                    break
                v = queue[head]
                for e in range(near_ptr[v], near_ptr[v + 1]):
                    u = near_idx[e]
                    if visited[u] != turn + 1:
                        visited[u] = turn + 1
                        queue[end] = u
                        end += 1
            root = queue[end - 1]
            if turn == 2:
                begin = end
    row = np.empty(n, np.int32)
    fill = indptr[:-1].copy()
    for v in queue:
        row[fill[layer[v]]] = v
        fill[layer[v]] += 1
    return row


@exact
def deep(down_ptr, down_idx, up_ptr, up_idx, layer, indptr):
    """Initial order by depth-first search, which draws a tree without crossings."""
    n = len(layer)
    row = np.empty(n, np.int32)
    fill = indptr[:-1].copy()
    visited = np.zeros(n, np.uint8)
    stack = np.empty(n + len(down_idx) + len(up_idx) + 1, np.int32)
    for start in range(n):
        if visited[start]:
            continue
        stack[0] = start
        top = 1
        while top > 0:
            top -= 1
            v = stack[top]
            if visited[v]:
                continue
            visited[v] = 1
            row[fill[layer[v]]] = v
            fill[layer[v]] += 1
            for e in range(up_ptr[v + 1] - 1, up_ptr[v] - 1, -1):
                if not visited[up_idx[e]]:
                    stack[top] = up_idx[e]
                    top += 1
            for e in range(down_ptr[v + 1] - 1, down_ptr[v] - 1, -1):
                if not visited[down_idx[e]]:
                    stack[top] = down_idx[e]
                    top += 1
    return row


@exact
def swept(down_ptr, down_idx, up_ptr, up_idx, indptr, row, sweeps, patience):
    n = len(row)
    layers = len(indptr) - 1
    position_of = np.empty(n, np.int32)
    places(row, indptr, position_of)
    best = row.copy()
    least = crossed(down_ptr, down_idx, indptr, row, position_of)
    sweeps_without_gain = 0
    for s in range(sweeps):
        if least == 0 or sweeps_without_gain == patience:
            break
        by_median = (s // 2) % 2 == 1
        if s % 2 == 0:
            for i in range(1, layers):
                sort_layer(up_ptr, up_idx, indptr, row, position_of, i, by_median)
        else:
            for i in range(layers - 2, -1, -1):
                sort_layer(down_ptr, down_idx, indptr, row, position_of, i, by_median)
        crossings = crossed(down_ptr, down_idx, indptr, row, position_of)
        sweeps_without_gain += 1
        if crossings < least:
            least = crossings
            best[:] = row
            sweeps_without_gain = 0
    return best


@exact
def counted(down_ptr, down_idx, indptr, row):
    position_of = np.empty(len(row), np.int32)
    places(row, indptr, position_of)
    return crossed(down_ptr, down_idx, indptr, row, position_of)


@exact
def places(row, indptr, at):
    for i in range(len(indptr) - 1):
        for k in range(indptr[i], indptr[i + 1]):
            at[row[k]] = k - indptr[i]


@exact
def sort_layer(near_ptr, near_idx, indptr, row, at, i, by_median):
    """Sort a layer by its neighbours' positions; nodes without neighbours keep theirs."""
    a, b = indptr[i], indptr[i + 1]
    key = np.empty(b - a, np.float64)
    free = np.empty(b - a, np.int64)
    count = 0
    for k in range(a, b):
        v = row[k]
        begin, end = near_ptr[v], near_ptr[v + 1]
        if begin == end:
            continue
        if by_median:
            positions_of = np.empty(end - begin, np.int32)
            for e in range(begin, end):
                positions_of[e - begin] = at[near_idx[e]]
            positions_of.sort()
            half = (end - begin) // 2
            if (end - begin) % 2:
                key[count] = positions_of[half]
            else:
                key[count] = (positions_of[half - 1] + positions_of[half]) / 2
        else:
            total = 0.0
            for e in range(begin, end):
                total += at[near_idx[e]]
            key[count] = total / (end - begin)
        free[count] = k
        count += 1
    moved = np.empty(count, np.int32)
    for j in range(count):
        moved[j] = row[free[j]]
    ranked = np.argsort(key[:count], kind="mergesort")
    for j in range(count):
        row[free[j]] = moved[ranked[j]]
        at[row[free[j]]] = free[j] - a


@exact
def crossed(down_ptr, down_idx, indptr, row, at):
    """Pairs of edges between neighbouring layers that cross."""
    count = 0
    for i in range(len(indptr) - 2):
        width = indptr[i + 2] - indptr[i + 1]
        sums = np.zeros(width + 1, np.int64)
        total = 0
        for k in range(indptr[i], indptr[i + 1]):
            v = row[k]
            for e in range(down_ptr[v], down_ptr[v + 1]):
                p = at[down_idx[e]] + 1
                left_sum = 0
                while p > 0:
                    left_sum += sums[p]
                    p -= p & -p
                count += total - left_sum
            for e in range(down_ptr[v], down_ptr[v + 1]):
                p = at[down_idx[e]] + 1
                while p <= width:
                    sums[p] += 1
                    p += p & -p
                total += 1
    return count


@exact
def switched(down_ptr, down_idx, up_ptr, up_idx, indptr, row, passes, most):
    position_of = np.empty(len(row), np.int32)
    places(row, indptr, position_of)
    for _ in range(passes):
        gained = 0
        for i in range(len(indptr) - 1):
            for k in range(indptr[i], indptr[i + 1] - 1):
                u, v = row[k], row[k + 1]
                gain = gain_of(down_ptr, down_idx, position_of, u, v, most)
                gain += gain_of(up_ptr, up_idx, position_of, u, v, most)
                if gain > 0:
                    row[k], row[k + 1] = v, u
                    position_of[u] += 1
                    position_of[v] -= 1
                    gained += gain
        if gained == 0:
            break


@exact
def gain_of(near_ptr, near_idx, at, u, v, most):
    """Reduction in crossings when `u` moves to the right of `v`."""
    degree_u = near_ptr[u + 1] - near_ptr[u]
    degree_v = near_ptr[v + 1] - near_ptr[v]
    if degree_u == 0 or degree_v == 0 or degree_u > most or degree_v > most:
        return 0
    gain = 0
    for e in range(near_ptr[u], near_ptr[u + 1]):
        for f in range(near_ptr[v], near_ptr[v + 1]):
            if at[near_idx[e]] > at[near_idx[f]]:
                gain += 1
            elif at[near_idx[e]] < at[near_idx[f]]:
                gain -= 1
    return gain
