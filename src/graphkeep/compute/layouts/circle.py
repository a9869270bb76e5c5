"""All nodes on one circle, in the order of the table."""

import numpy as np

from graphkeep.compute.layout import Layout, Positions
from graphkeep.graph.graph import Graph


def place(graph: Graph) -> Positions:
    n = graph.node_count
    angle = np.arange(n) * (2 * np.pi / max(n, 1))
    radius = n / (2 * np.pi)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle))).astype(np.float32)


CIRCLE = Layout(name="circle", title="Circle", place=place)
