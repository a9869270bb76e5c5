"""Edges as they come to rows of neighbours: no loops, each pair once, strengths of about 1."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.options import OPTIONS

WEAKEST, STRONGEST = 0.02, 50.0  # strengths beyond would freeze the rest


class Rows(NamedTuple):
    """Compressed sparse rows of an undirected graph: node i has `idx[ptr[i]:ptr[i+1]]` as neighbours.

    `ptr` int64 (n + 1,), `idx` int32 (k,), `w` float32 (k,); each edge stands in two rows.
    """

    ptr: npt.NDArray[np.int64]
    idx: npt.NDArray[np.int32]
    w: npt.NDArray[np.float32]

    @property
    def n(self) -> int:
        return len(self.ptr) - 1


def simplify(
    n: int, edges: npt.NDArray[np.integer], weights: npt.NDArray[np.floating] | None = None
) -> Rows:
    """`edges` int (m, 2), `weights` float (m,). Of k edges between two nodes the sum counts, over sqrt(k)."""
    pairs = np.ascontiguousarray(edges, np.int32)
    strength = np.ones(1, np.float32) if weights is None else np.asarray(weights, np.float32)
    ptr, idx, w = rows_of(n, pairs, strength)
    ptr, idx, w = merged(n, ptr, idx, w)
    if len(w):
        balance(w)
    return Rows(ptr, idx, w)


@njit(**OPTIONS)
def rows_of(n, edges, w):
    """Rows with repeated neighbours; `w` of length 1 stands for every edge."""
    ptr = np.zeros(n + 1, np.int64)
    for k in range(len(edges)):
        u, v = edges[k, 0], edges[k, 1]
        if u != v:
            ptr[u + 1] += 1
            ptr[v + 1] += 1
    for i in range(n):
        ptr[i + 1] += ptr[i]
    free = ptr[:-1].copy()
    idx = np.empty(ptr[n], np.int32)
    out = np.empty(ptr[n], np.float32)
    step = 1 if len(w) == len(edges) else 0
    for k in range(len(edges)):
        u, v = edges[k, 0], edges[k, 1]
        if u != v:
            idx[free[u]] = v
            idx[free[v]] = u
            out[free[u]] = w[k * step]
            out[free[v]] = w[k * step]
            free[u] += 1
            free[v] += 1
    return ptr, idx, out


@njit(**OPTIONS)
def merged(n, ptr, idx, w):
    """Each neighbour once in its row, in the place of the first."""
    slot = np.full(n, -1, np.int64)
    times = np.ones(1, np.float32)
    start = np.zeros(n + 1, np.int64)
    o = 0
    for i in range(n):
        begin = o
        repeated = False
        for e in range(ptr[i], ptr[i + 1]):
            j = idx[e]
            s = slot[j]
            if s >= begin:
                if not repeated:
                    repeated = True
                    if len(times) < len(idx):
                        times = np.ones(len(idx), np.float32)
                    times[begin:o] = 1
                w[s] += w[e]
                times[s] += 1
            else:
                slot[j] = o
                idx[o] = j
                w[o] = w[e]
                if repeated:
                    times[o] = 1
                o += 1
        if repeated:
            for s in range(begin, o):
                w[s] /= np.sqrt(times[s])
        start[i + 1] = o
    return start, idx[:o], w[:o]


@njit(**OPTIONS)
def balance(w):
    """In place: brought to mean 1, then clipped to the bounds."""
    total = 0.0
    low, high = w[0], w[0]
    for e in range(len(w)):
        total += w[e]
        low = min(low, w[e])
        high = max(high, w[e])
    if low == high == 1:
        return
    factor = len(w) / total
    for e in range(len(w)):
        w[e] = min(max(w[e] * factor, WEAKEST), STRONGEST)


def dissuade_hubs(rows: Rows) -> Rows:
    """Weaker pull on nodes of many neighbours, which so come to stand at the border of what they join."""
    degree = np.diff(rows.ptr).astype(np.float32)
    own = np.repeat(degree, np.diff(rows.ptr))
    w = rows.w / np.sqrt(np.maximum(own, degree[rows.idx]))
    return Rows(rows.ptr, rows.idx, (w / w.mean() if len(w) else w).astype(np.float32))
