"""Weakly connected components, by union-find."""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.csr import Edges, check_edges
from graphkeep.compute.kernels.union_find import component_roots


def components(n: int, edges: Edges) -> npt.NDArray[np.int32]:
    """Component of each node, int32 (n,), numbered from 0 by descending size; equal sizes by first node."""
    ends = check_edges(n, edges)
    return by_size(component_roots(n, ends))


def by_size(labels: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    """The same groups, renumbered from 0 by descending size; equal sizes by first node."""
    _, first_node, group, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), np.int32)
    rank[np.lexsort((first_node, -sizes))] = np.arange(len(sizes))
    ranked: npt.NDArray[np.int32] = rank[group]
    return ranked
