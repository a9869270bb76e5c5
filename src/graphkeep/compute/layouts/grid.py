"""Rows of a square, in the order of the table."""

import numpy as np

from graphkeep.compute.layout import Layout, Positions
from graphkeep.graph.graph import Graph


def place(graph: Graph) -> Positions:
    n = graph.node_count
    side = max(1, int(np.ceil(np.sqrt(n))))
    at = np.arange(n)
    return np.column_stack((at % side, -(at // side))).astype(np.float32)


GRID = Layout(name="grid", title="Grid", place=place)
