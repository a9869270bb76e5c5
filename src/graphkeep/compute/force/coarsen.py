"""Multilevel coarsening: size-capped clusters, then two-hop groups; masses and weights add up.

After Walshaw (2003) and Meyerhenke, Nöllenburg and Schulz (2018). With summed masses and weights the coarse
problem is the fine problem restricted to rigid clusters, so nothing is rescaled between levels.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from numba import get_num_threads, njit

from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.csr_rows import permute_rows, sum_rows
from graphkeep.compute.kernels.jit import FAST

COARSEST = 48
DEEPEST = 30
STALLED = 0.9  # a round that leaves more than this share of the nodes ends the coarsening
CAP = 4  # a cluster may be this many times the average


@dataclass(kw_only=True)
class Level:
    """A graph of clusters: node count `size` int32 (n,), `mass` float32 (n,), and `parent` int32 (n,) one level up."""

    rows: CsrGraph
    size: npt.NDArray[np.int32]
    mass: npt.NDArray[np.float32]
    parent: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    @property
    def n(self) -> int:
        return len(self.mass)


def hierarchy(
    finest: Level, seed: int, *, rounds: int = 2, max_degree: int = 0
) -> tuple[list[Level], npt.NDArray[np.int32]]:
    """Levels from fine to coarse, renumbered so that members of a cluster are contiguous in memory.

    Each level is `rounds` rounds of clustering coarser than the one below; coarse nodes keep their `max_degree`
    heaviest edges. The second value, int32 (n,), is the new row of each of the caller's nodes.
    """
    levels = [finest]
    while levels[-1].n > COARSEST and len(levels) < DEEPEST:
        above = coarsen_level(levels[-1], seed + len(levels), rounds)
        if above is None:
            break
        if max_degree:
            above.rows = keep_heaviest_edges(above.rows, max_degree)
        levels.append(above)
    rank = np.arange(levels[-1].n, dtype=np.int32)
    for fine, above in zip(levels[-2::-1], levels[:0:-1], strict=True):
        parent = rank[fine.parent]
        order, rank = order_by_parent(parent, above.n)
        fine.rows = CsrGraph(*permute_rows(*fine.rows, order, rank))
        fine.parent, fine.size, fine.mass = parent[order], fine.size[order], fine.mass[order]
    return levels, rank


def coarsen_level(fine: Level, seed: int, rounds: int) -> Level | None:
    """The next coarser level; sets `fine.parent`. None if no more clusters form."""
    below, parent = fine, np.empty(0, np.int32)
    for turn in range(rounds):
        cap = max(CAP, int(CAP * int(below.size.sum()) / below.n))
        label, count = cluster(*below.rows, below.size, cap, seed + 131 * turn)
        if count > STALLED * below.n or count < 2:
            break
        *rows, size, mass = contract(
            *below.rows, label, count, below.size, below.mass, get_num_threads()
        )
        below = Level(rows=CsrGraph(*rows), size=size, mass=mass)
        parent = label if len(parent) == 0 else label[parent]
        if count <= COARSEST:
            break
    if len(parent) == 0:
        return None
    fine.parent = parent
    return below


@njit(**FAST)
def order_by_parent(parent, count):
    """(order, rank) int32 (n,) of a stable sort by parent."""
    start = np.zeros(count + 1, np.int64)
    for c in parent:
        start[c + 1] += 1
    for c in range(count):
        start[c + 1] += start[c]
    order = np.empty(len(parent), np.int32)
    rank = np.empty(len(parent), np.int32)
    for i in range(len(parent)):
        position = start[parent[i]]
        start[parent[i]] += 1
        order[position] = i
        rank[i] = position
    return order, rank


@njit(**FAST)
def cluster(indptr, indices, w, size, cap, seed):
    """(label int32 (n,), count): size-capped clusters in one pass, then two-hop groups.

    A node joins the cluster with the highest w / cluster size that stays within `cap`. Nodes without such a
    cluster that share their favourite neighbour, with the highest w / sqrt(size), are grouped. Only a single node
    can exceed `cap`.
    """
    n = len(size)
    lab = np.arange(n).astype(np.int32)
    csz = size.copy()
    is_merged = np.zeros(n, np.uint8)
    # order: low degree first (bucket by log2 degree), pseudo-random inside
    order = np.empty(n, np.int32)
    key = np.empty(n, np.int32)
    cnt = np.zeros(34, np.int64)
    for i in range(n):
        d = indptr[i + 1] - indptr[i]
        b = 0
        while d > 0:
            d >>= 1
            b += 1
        key[i] = b
        cnt[b + 1] += 1
    for b in range(33):
        cnt[b + 1] += cnt[b]
    step = 0x9E3779B1 % n
    while step == 0 or math.gcd(step, n) != 1:
        step = (step + 1) % n
        if n == 1:
            break
    j = seed % n
    for t in range(n):
        order[cnt[key[j]]] = j
        cnt[key[j]] += 1
        j = (j + step) % n
    fav = np.full(n, -1, np.int32)
    for t in range(n):
        i = order[t]
        if is_merged[i]:
            continue
        best = -1.0
        bj = -1
        fb = -1.0
        fj = -1
        for e in range(indptr[i], indptr[i + 1]):
            v = indices[e]
            c = lab[v]
            if c == i:
                continue
            r = w[e] / math.sqrt(size[v] * 1.0)
            if r > fb:
                fb = r
                fj = v
            if csz[c] + size[i] <= cap:
                r2 = w[e] / csz[c]
                if r2 > best:
                    best = r2
                    bj = c
        if bj >= 0 and csz[i] == size[i] and lab[i] == i:
            lab[i] = bj
            csz[bj] += size[i]
            is_merged[i] = 1
            is_merged[bj] = 1
        elif fj >= 0:
            fav[i] = fj
    # two-hop: remaining singletons with the same favourite neighbour
    open_ = np.full(n, -1, np.int32)
    for i in range(n):
        if lab[i] == i and csz[i] == size[i] and is_merged[i] == 0 and fav[i] >= 0:
            f = fav[i]
            o = open_[f]
            if o >= 0 and csz[o] + size[i] <= cap:
                lab[i] = o
                csz[o] += size[i]
            else:
                open_[f] = i
    renumbered = np.full(n, -1, np.int32)
    k = 0
    for i in range(n):
        c = lab[i]
        if renumbered[c] < 0:
            renumbered[c] = k
            k += 1
    for i in range(n):
        lab[i] = renumbered[lab[i]]
    return lab, k


@njit(**FAST)
def contract(indptr, indices, w, lab, k, size, mass, threads):
    """CSR rows of the clusters, without loops, with weights of parallel edges summed."""
    csize = np.zeros(k, np.int32)
    cmass = np.zeros(k, np.float32)
    head = np.zeros(k + 1, np.int64)
    for i in range(len(lab)):
        csize[lab[i]] += size[i]
        cmass[lab[i]] += mass[i]
        head[lab[i] + 1] += 1
    for c in range(k):
        head[c + 1] += head[c]
    member = np.empty(len(lab), np.int32)
    free = head[:-1].copy()
    for i in range(len(lab)):
        member[free[lab[i]]] = i
        free[lab[i]] += 1
    capacity = np.zeros(k + 1, np.int64)
    for c in range(k):
        capacity[c + 1] = capacity[c]
        for t in range(head[c], head[c + 1]):
            capacity[c + 1] += indptr[member[t] + 1] - indptr[member[t]]
    new_indptr, new_indices, new_weights = sum_rows(
        indptr, indices, w, lab, head, member, capacity, threads
    )
    return new_indptr, new_indices, new_weights, csize, cmass


def keep_heaviest_edges(rows: CsrGraph, max_degree: int) -> CsrGraph:
    """Only edges among the heaviest of either end, reweighted so that the total weight is unchanged."""
    if len(rows.indices) <= max_degree * rows.n:
        return rows
    return CsrGraph(*heaviest_edges(*rows, max_degree))


@njit(**FAST)
def heaviest_edges(indptr, indices, w, max_degree):
    n = len(indptr) - 1
    threshold = np.zeros(n, np.float32)
    for i in range(n):
        count = indptr[i + 1] - indptr[i]
        if count > max_degree:
            threshold[i] = np.partition(w[indptr[i] : indptr[i + 1]], count - max_degree)[
                count - max_degree
            ]
    new_indptr = np.zeros(n + 1, np.int64)
    new_indices = np.empty(len(indices), np.int32)
    new_weights = np.empty(len(w), np.float32)
    o = 0
    total_weight, kept_weight = 0.0, 0.0
    for i in range(n):
        for e in range(indptr[i], indptr[i + 1]):
            total_weight += w[e]
            # The two rows of an edge summed its weight in different orders.
            if w[e] * np.float32(1.00001) >= min(threshold[i], threshold[indices[e]]):
                kept_weight += w[e]
                new_indices[o] = indices[e]
                new_weights[o] = w[e]
                o += 1
        new_indptr[i + 1] = o
    factor = np.float32(total_weight / max(kept_weight, 1e-20))
    for e in range(o):
        new_weights[e] *= factor
    return new_indptr, new_indices[:o].copy(), new_weights[:o].copy()
