"""Connected components, and a graph taken apart into them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from graphkeep.compute.kernels.options import OPTIONS


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Nodes in the order of their components, the largest first.

    `order` int32 (n,): the caller's node at each place, `rank` int32 (n,) the reverse; `starts` int64
    (k + 1,): where each component begins.
    """

    order: npt.NDArray[np.int32]
    rank: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1


def parts_of(label: npt.NDArray[np.int32]) -> Parts:
    """Components by falling size; those of one size in the order of their labels."""
    sizes = np.bincount(label)
    by_size = np.argsort(-sizes, kind="stable")
    new = np.empty(len(sizes), np.int32)
    new[by_size] = np.arange(len(sizes), dtype=np.int32)
    order = np.argsort(new[label], kind="stable").astype(np.int32)
    rank = np.empty(len(label), np.int32)
    rank[order] = np.arange(len(label), dtype=np.int32)
    return Parts(order=order, rank=rank, starts=np.concatenate(([0], np.cumsum(sizes[by_size]))))


def components(n: int, edges: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    """int32 (n,): the component of each node, counted from 0 in order of first sight; `edges` int (m, 2)."""
    return joined(n, np.ascontiguousarray(edges, np.int32))


@njit(**OPTIONS)
def joined(n, edges):
    """Union by path halving (Tarjan and van Leeuwen 1984)."""
    parent = np.arange(n).astype(np.int32)
    for k in range(len(edges)):
        a, b = edges[k, 0], edges[k, 1]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    label = np.full(n, -1, np.int32)
    count = 0
    for i in range(n):
        root = i
        while parent[root] != root:
            root = parent[root]
        if label[root] < 0:
            label[root] = count
            count += 1
        label[i] = label[root]
    return label
