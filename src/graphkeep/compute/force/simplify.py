"""Conversion of an edge list to compressed sparse rows (CSR): no loops, each pair once, weights of about 1."""

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.jit import FAST

WEAKEST, STRONGEST = 0.02, 50.0  # weights beyond these would freeze the rest


def simplify(
    n: int, edges: npt.NDArray[np.integer], weights: npt.NDArray[np.floating] | None = None
) -> CsrGraph:
    """CSR of neighbors in either direction, each once in order of first occurrence; each edge is in two rows.

    `edges` int (m, 2), `weights` float (m,). k parallel edges count as their sum divided by sqrt(k).
    """
    pairs = np.ascontiguousarray(edges, np.int32)
    strength = np.ones(1, np.float32) if weights is None else np.asarray(weights, np.float32)
    indptr, indices, w = build_rows(n, pairs, strength)
    indptr, indices, w = merge_parallel_edges(n, indptr, indices, w)
    if len(w):
        normalize_weights(w)
    return CsrGraph(indptr, indices, w)


@njit(**FAST)
def build_rows(n, edges, w):
    """CSR rows with repeated neighbors; a `w` of length 1 applies to every edge."""
    indptr = np.zeros(n + 1, np.int64)
    for k in range(len(edges)):
        u, v = edges[k, 0], edges[k, 1]
        if u != v:
            indptr[u + 1] += 1
            indptr[v + 1] += 1
    for i in range(n):
        indptr[i + 1] += indptr[i]
    free = indptr[:-1].copy()
    indices = np.empty(indptr[n], np.int32)
    out = np.empty(indptr[n], np.float32)
    step = 1 if len(w) == len(edges) else 0
    for k in range(len(edges)):
        u, v = edges[k, 0], edges[k, 1]
        if u != v:
            indices[free[u]] = v
            indices[free[v]] = u
            out[free[u]] = w[k * step]
            out[free[v]] = w[k * step]
            free[u] += 1
            free[v] += 1
    return indptr, indices, out


@njit(**FAST)
def merge_parallel_edges(n, indptr, indices, w):
    """Merge repeated neighbours of each row, at the position of the first occurrence."""
    slot = np.full(n, -1, np.int64)
    times = np.ones(1, np.float32)
    start = np.zeros(n + 1, np.int64)
    o = 0
    for i in range(n):
        begin = o
        repeated = False
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            s = slot[j]
            if s >= begin:
                if not repeated:
                    repeated = True
                    if len(times) < len(indices):
                        times = np.ones(len(indices), np.float32)
                    times[begin:o] = 1
                w[s] += w[e]
                times[s] += 1
            else:
                slot[j] = o
                indices[o] = j
                w[o] = w[e]
                if repeated:
                    times[o] = 1
                o += 1
        if repeated:
            for s in range(begin, o):
                w[s] /= np.sqrt(times[s])
        start[i + 1] = o
    return start, indices[:o], w[:o]


@njit(**FAST)
def normalize_weights(w):
    """Scale the weights to mean 1, then clip them to the bounds, in place."""
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


def dissuade_hubs(rows: CsrGraph) -> CsrGraph:
    """Weaken the attraction on nodes of high degree, which then move to the border of their neighbourhood."""
    degree = np.diff(rows.indptr).astype(np.float32)
    source_degree = np.repeat(degree, np.diff(rows.indptr))
    w = rows.weights / np.sqrt(np.maximum(source_degree, degree[rows.indices]))
    return CsrGraph(rows.indptr, rows.indices, (w / w.mean() if len(w) else w).astype(np.float32))
