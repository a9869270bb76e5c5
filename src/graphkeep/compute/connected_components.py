"""Connected components, and the nodes of a graph ordered by component."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphkeep.compute.kernels.union_find import label_components


@dataclass(frozen=True, kw_only=True)
class ComponentOrder:
    """Nodes ordered by component, the largest component first.

    `order` int32 (n,): the caller's node at each position, `rank` int32 (n,) its inverse, `starts` int64
    (k + 1,): the first position of each component.
    """

    order: npt.NDArray[np.int32]
    rank: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1


def order_components(label: npt.NDArray[np.int32]) -> ComponentOrder:
    """Components by descending size; components of equal size by label."""
    sizes = np.bincount(label)
    by_size = np.argsort(-sizes, kind="stable")
    size_rank = np.empty(len(sizes), np.int32)
    size_rank[by_size] = np.arange(len(sizes), dtype=np.int32)
    order = np.argsort(size_rank[label], kind="stable").astype(np.int32)
    rank = np.empty(len(label), np.int32)
    rank[order] = np.arange(len(label), dtype=np.int32)
    return ComponentOrder(
        order=order, rank=rank, starts=np.concatenate(([0], np.cumsum(sizes[by_size])))
    )


def components(n: int, edges: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    """Component of each node, int32 (n,), numbered from 0 by first occurrence; `edges` int (m, 2)."""
    return label_components(n, np.ascontiguousarray(edges, np.int32))
