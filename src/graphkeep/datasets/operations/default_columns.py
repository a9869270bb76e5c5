"""Columns that every graph gets unasked, where its sender brought none of their names."""

import pyarrow as pa

from graphkeep.compute.edges import edge_index
from graphkeep.compute.metrics.communities import communities
from graphkeep.graph.graph import Graph

AUTOMATIC = frozenset({"degree", "degree_in", "degree_out", "community"})


def with_communities(graph: Graph) -> Graph:
    if "community" in graph.nodes.column_names or graph.node_count == 0:
        return graph
    found = communities(graph.node_count, edge_index(graph))
    return Graph(
        nodes=graph.nodes.append_column("community", pa.array(found)),
        edges=graph.edges,
        bindings=graph.bindings,
        source_index=graph.source_index,
        destination_index=graph.destination_index,
    )
