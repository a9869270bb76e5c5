"""Core numbers, in time linear in the edges (Batagelj and Zaversnik 2003)."""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges, weighted_csr
from graphkeep.compute.kernels.jit import exact


def core_numbers(n: int, edges: Edges) -> npt.NDArray[np.int32]:
    """Core number of each node, int32 (n,): the largest k such that it is in a subgraph of minimum degree k.

    Edge directions, loops and parallel edges are ignored.
    """
    rows = weighted_csr(n, edges)
    core_number: npt.NDArray[np.int32] = peel(rows.indptr, rows.indices)
    return core_number


@exact
def peel(indptr, indices):
    """Remove nodes by ascending degree, sorted in `order`; neighbours of higher degree move down a bin."""
    n = len(indptr) - 1
    core = np.empty(n, np.int32)
    largest = 0
    for i in range(n):
        core[i] = indptr[i + 1] - indptr[i]
        largest = max(largest, core[i])
    bin_start = np.zeros(largest + 2, np.int64)
    for i in range(n):
        bin_start[core[i] + 1] += 1
    for d in range(largest + 1):
        bin_start[d + 1] += bin_start[d]
    order = np.empty(n, np.int32)
    position = np.empty(n, np.int64)
    fill = bin_start.copy()
    for i in range(n):
        position[i] = fill[core[i]]
        order[position[i]] = i
        fill[core[i]] += 1
    for k in range(n):
        i = order[k]
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            if core[j] > core[i]:
                head = bin_start[core[j]]
                swapped = order[head]
                order[position[j]] = swapped
                position[swapped] = position[j]
                order[head] = j
                position[j] = head
                bin_start[core[j]] += 1
                core[j] -= 1
    return core
