"""Triangle counts, by listing each triangle from its node of lowest degree (Schank and Wagner 2005), and clustering."""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges, weighted_csr
from graphkeep.compute.kernels.jit import exact


def triangles(n: int, edges: Edges) -> npt.NDArray[np.int64]:
    """Number of triangles of each node, int64 (n,). Edge directions, loops and parallel edges are ignored."""
    rows = weighted_csr(n, edges)
    count: npt.NDArray[np.int64] = corners(rows.indptr, rows.indices)
    return count


def clustering(n: int, edges: Edges) -> npt.NDArray[np.float64]:
    """Local clustering coefficient float64 (n,), from 0 to 1: the share of linked pairs of neighbours (Watts and
    Strogatz 1998); 0 without a pair.
    """
    rows = weighted_csr(n, edges)
    degrees = np.diff(rows.indptr)
    pairs = degrees * (degrees - 1) / 2
    triangle_counts = corners(rows.indptr, rows.indices)
    return np.divide(triangle_counts, pairs, out=np.zeros(n), where=pairs > 0)


@exact
def corners(indptr, indices):
    n = len(indptr) - 1
    # Each edge is directed away from its end of lower degree; no node then has more than sqrt(2 m) outgoing edges.
    ahead = np.zeros(n + 1, np.int64)
    for i in range(n):
        degree_i = indptr[i + 1] - indptr[i]
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            degree_j = indptr[j + 1] - indptr[j]
            if degree_i < degree_j or (degree_i == degree_j and i < j):
                ahead[i + 1] += 1
    for i in range(n):
        ahead[i + 1] += ahead[i]
    larger = np.empty(ahead[n], np.int32)
    for i in range(n):
        write = ahead[i]
        degree_i = indptr[i + 1] - indptr[i]
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            degree_j = indptr[j + 1] - indptr[j]
            if degree_i < degree_j or (degree_i == degree_j and i < j):
                larger[write] = j
                write += 1
    count = np.zeros(n, np.int64)
    marker = np.full(n, -1, np.int32)
    for i in range(n):
        for e in range(ahead[i], ahead[i + 1]):
            marker[larger[e]] = i
        for e in range(ahead[i], ahead[i + 1]):
            j = larger[e]
            for f in range(ahead[j], ahead[j + 1]):
                k = larger[f]
                if marker[k] == i:
                    count[i] += 1
                    count[j] += 1
                    count[k] += 1
    return count
