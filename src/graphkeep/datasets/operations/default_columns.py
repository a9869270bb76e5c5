"""Columns that every graph gets, unless the upload has columns of these names."""

from dataclasses import replace

import pyarrow as pa

from graphkeep.compute.edges import edge_index
from graphkeep.compute.metrics.communities import communities
from graphkeep.graph.graph import Graph

AUTOMATIC = frozenset({"degree", "degree_in", "degree_out", "community"})


def with_communities(graph: Graph) -> Graph:
    if "community" in graph.nodes.column_names or graph.node_count == 0:
        return graph
    values = pa.array(communities(graph.node_count, edge_index(graph)))
    return replace(graph, nodes=graph.nodes.append_column("community", values))
