"""A graph: a table of nodes, a table of edges, and the index of each edge end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.bindings import Bindings

Indices = npt.NDArray[np.uint32]


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Both ends of every edge are rows of the nodes table, once each.

    `source_index` and `destination_index` are uint32 (m,): rows of `nodes`.
    """

    nodes: pa.Table
    edges: pa.Table
    bindings: Bindings
    source_index: Indices
    destination_index: Indices

    @property
    def node_count(self) -> int:
        return int(self.nodes.num_rows)

    @property
    def edge_count(self) -> int:
        return int(self.edges.num_rows)

    @property
    def node_column(self) -> str:
        return self.bindings.node or "id"

    @property
    def node_ids(self) -> pa.ChunkedArray:
        return self.nodes[self.node_column]
