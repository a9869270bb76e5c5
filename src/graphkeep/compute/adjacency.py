"""Who is joined to whom, as rows of neighbours."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Nodes = npt.NDArray[np.int32]
Edges = npt.NDArray[np.int32]
Starts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Adjacency:
    """Row i is `idx[ptr[i]:ptr[i + 1]]`, rising, each neighbour once, never the node itself.

    `ptr` int64 (n + 1,), `idx` int32.
    """

    ptr: Starts
    idx: Nodes

    @property
    def degree(self) -> Starts:
        return np.diff(self.ptr)


def joined(n: int, edges: Edges) -> Adjacency:
    """Neighbours in either direction of edges int32 (m, 2)."""
    return leading(n, np.concatenate((edges, edges[:, ::-1])))


def leading(n: int, edges: Edges) -> Adjacency:
    """Only the nodes that edges lead to."""
    source, destination = edges[:, 0].astype(np.int64), edges[:, 1]
    key = np.unique((source * n + destination)[source != destination])
    ptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(key // max(n, 1), minlength=n), out=ptr[1:])
    return Adjacency(ptr=ptr, idx=(key % max(n, 1)).astype(np.int32))
