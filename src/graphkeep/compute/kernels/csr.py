"""Compressed sparse rows (CSR): the adjacency format of all kernels."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.jit import exact

Edges = npt.NDArray[np.integer]
"""int (m, 2): the node rows of source and destination of each edge."""

Weights = npt.NDArray[np.floating]
Nodes = npt.NDArray[np.int32]
NO_WEIGHTS = np.empty(0, np.float32)


class CsrGraph(NamedTuple):
    """Node i has `indices[indptr[i]:indptr[i + 1]]` as neighbors, with the `weights` at the same positions.

    `indptr` int64 (n + 1,), `indices` int32 (k,), `weights` float (k,), or (0,) where edges have none.
    """

    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    weights: npt.NDArray[np.floating]

    @property
    def n(self) -> int:
        return len(self.indptr) - 1

    @property
    def degree(self) -> npt.NDArray[np.int64]:
        return np.diff(self.indptr)


def undirected_csr(n: int, edges: Edges) -> CsrGraph:
    """CSR of neighbors in either direction of edges int (m, 2): ascending, unique, without loops."""
    return directed_csr(n, np.concatenate((edges, edges[:, ::-1])))


def directed_csr(n: int, edges: Edges) -> CsrGraph:
    """CSR of the nodes that edges lead to, otherwise like `undirected_csr`."""
    source, destination = edges[:, 0].astype(np.int64), edges[:, 1]
    key = np.unique((source * n + destination)[source != destination])
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(key // max(n, 1), minlength=n), out=indptr[1:])
    return CsrGraph(indptr, (key % max(n, 1)).astype(np.int32), NO_WEIGHTS)


def weighted_csr(
    n: int, edges: Edges, *, weights: Weights | None = None, directed: bool = False
) -> CsrGraph:
    """Like `undirected_csr` or `directed_csr`, with summed weights of parallel edges, float64 (k,).

    Raises:
        ValueError: edges or weights have a wrong shape, an edge names a missing node, or a weight is negative.
    """
    ends = check_edges(n, edges)
    checked_weights = check_weights(len(ends), weights)
    return CsrGraph(*sum_parallel_edges(n, ends[:, 0], ends[:, 1], checked_weights, directed))


def check_edges(n: int, edges: Edges) -> npt.NDArray[np.int32]:
    """The edges as int32 (m, 2).

    Raises:
        ValueError: they have another shape, or name a missing node.
    """
    ends = np.asarray(edges)
    if ends.size == 0:
        return np.empty((0, 2), np.int32)
    if ends.ndim != 2 or ends.shape[1] != 2:
        raise ValueError(f"edges must have the shape (m, 2), not {ends.shape}")
    if int(ends.min()) < 0 or int(ends.max()) >= n:
        raise ValueError(f"an edge joins a node that is not there; nodes are 0 to {n - 1}")
    return np.ascontiguousarray(ends, np.int32)


def check_weights(m: int, weights: Weights | None) -> npt.NDArray[np.float64]:
    """The weights as float64 (m,); ones without weights.

    Raises:
        ValueError: there is not one weight per edge, or a weight is negative or not finite.
    """
    if weights is None:
        return np.ones(m)
    checked = np.ascontiguousarray(weights, np.float64)
    if checked.shape != (m,):
        raise ValueError(f"weights must have the shape ({m},), not {checked.shape}")
    if m and not (np.isfinite(checked).all() and checked.min() >= 0):
        raise ValueError("weights must be finite, and 0 or more")
    return checked


@exact
def sum_parallel_edges(n, source, destination, each, directed):
    """CSR by a radix sort by destination, then by source; weights of parallel edges are summed."""
    m = len(source)
    into = np.zeros(n + 1, np.int64)
    out = np.zeros(n + 1, np.int64)
    for k in range(m):
        u, v = source[k], destination[k]
        if u == v:
            continue
        into[v + 1] += 1
        out[u + 1] += 1
        if not directed:
            into[u + 1] += 1
            out[v + 1] += 1
    for i in range(n):
        into[i + 1] += into[i]
        out[i + 1] += out[i]
    total = into[n]
    origin = np.empty(total, np.int32)
    carried = np.empty(total, np.float64)
    cursor = into[:-1].copy()
    for k in range(m):
        u, v = source[k], destination[k]
        if u == v:
            continue
        origin[cursor[v]] = u
        carried[cursor[v]] = each[k]
        cursor[v] += 1
        if not directed:
            origin[cursor[u]] = v
            carried[cursor[u]] = each[k]
            cursor[u] += 1
    indices = np.empty(total, np.int32)
    sums = np.empty(total, np.float64)
    cursor = out[:-1].copy()
    for v in range(n):
        for e in range(into[v], into[v + 1]):
            u = origin[e]
            indices[cursor[u]] = v
            sums[cursor[u]] = carried[e]
            cursor[u] += 1
    indptr = np.zeros(n + 1, np.int64)
    write = 0
    for u in range(n):
        begin = write
        for e in range(out[u], out[u + 1]):
            if write > begin and indices[write - 1] == indices[e]:
                sums[write - 1] += sums[e]
            else:
                indices[write] = indices[e]
                sums[write] = sums[e]
                write += 1
        indptr[u + 1] = write
    return indptr, indices[:write].copy(), sums[:write].copy()
