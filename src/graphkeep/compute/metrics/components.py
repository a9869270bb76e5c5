"""Weakly connected components, by union and find (Tarjan and van Leeuwen 1984: path halving)."""

import numpy as np
import numpy.typing as npt

from graphkeep.compute.metrics.adjacency import Edges, checked_edges
from graphkeep.compute.metrics.compiled import compiled


def components(n: int, edges: Edges) -> npt.NDArray[np.int32]:
    """int32 (n,): the component of each node; 0 is the largest, of equals that with the first node."""
    ends = checked_edges(n, edges)
    return by_size(first_members(n, ends[:, 0], ends[:, 1]))


def by_size(labels: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    """The same groups, counted from 0 by falling size; of equals that with the first node is first."""
    _, first, group, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    counted: npt.NDArray[np.int32] = rank[group]
    return counted


@compiled
def first_members(n, source, destination):
    """int32 (n,): the smallest node of each one's component."""
    parent = np.arange(n).astype(np.int32)
    for k in range(len(source)):
        a, b = source[k], destination[k]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a < b:
            parent[b] = a
        else:
            parent[a] = b
    for i in range(n):  # a parent is never larger, so it has found its root already
        parent[i] = parent[parent[i]]
    return parent
