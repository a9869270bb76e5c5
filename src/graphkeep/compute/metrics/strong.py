"""Strongly connected components by one depth-first search (Tarjan 1972)."""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges, weighted_csr
from graphkeep.compute.kernels.jit import exact
from graphkeep.compute.metrics.components import by_size


def strong_components(n: int, edges: Edges) -> npt.NDArray[np.int32]:
    """Strongly connected component of each node, int32 (n,); 0 is the largest."""
    rows = weighted_csr(n, edges, directed=True)
    return by_size(roots(rows.indptr, rows.indices))


@exact
def roots(indptr, indices):
    """Component label of each node, int32 (n,). The call stack is an array, since paths may be long."""
    n = len(indptr) - 1
    label = np.full(n, -1, np.int32)
    discovered = np.full(n, -1, np.int32)  # discovery time of each node
    low = np.empty(n, np.int32)  # low-link: earliest node on the stack reachable from its subtree
    edge = np.empty(n, np.int64)  # the next edge of a node to follow
    calls = np.empty(n, np.int32)
    stack = np.empty(n, np.int32)
    stack_size, clock, count = 0, 0, 0
    for root in range(n):
        if discovered[root] >= 0:
            continue
        depth = 0
        calls[0] = root
        discovered[root] = low[root] = clock
        clock += 1
        edge[root] = indptr[root]
        stack[stack_size] = root
        stack_size += 1
        while depth >= 0:
            i = calls[depth]
            if edge[i] < indptr[i + 1]:
                j = indices[edge[i]]
                edge[i] += 1
                if discovered[j] < 0:
                    discovered[j] = low[j] = clock
                    clock += 1
                    edge[j] = indptr[j]
                    stack[stack_size] = j
                    stack_size += 1
                    depth += 1
                    calls[depth] = j
                elif label[j] < 0:
                    low[i] = min(low[i], discovered[j])
                continue
            if low[i] == discovered[i]:
                while True:
                    stack_size -= 1
                    j = stack[stack_size]
                    label[j] = count
                    if j == i:
                        break
                count += 1
            depth -= 1
            if depth >= 0:
                low[calls[depth]] = min(low[calls[depth]], low[i])
    return label
