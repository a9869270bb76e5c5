"""Weakly connected components, by union-find."""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges, check_edges
from graphkeep.compute.kernels.union_find import component_roots


def components(n: int, edges: Edges) -> npt.NDArray[np.int32]:
    """int32 (n,): the component of each node; 0 is the largest, of equals that with the first node."""
    ends = check_edges(n, edges)
    return by_size(component_roots(n, ends))


def by_size(labels: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    """The same groups, counted from 0 by falling size; of equals that with the first node is first."""
    _, first_node, group, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), np.int32)
    rank[np.lexsort((first_node, -sizes))] = np.arange(len(sizes))
    ranked: npt.NDArray[np.int32] = rank[group]
    return ranked
