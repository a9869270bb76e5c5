"""Connected nodes near one another."""

import numpy as np

from graphkeep.compute.force.layout import force_layout
from graphkeep.compute.layout import Layout, Positions
from graphkeep.graph.graph import Graph


def place(graph: Graph) -> Positions:
    edges = np.column_stack((graph.source_index, graph.destination_index))
    return force_layout(graph.node_count, edges)


FORCE = Layout(name="force", title="Force-directed", place=place)
