"""Nodes on a circle in an order with few edge crossings (Baur and Brandes, WG 2004)."""

import numpy as np

from graphkeep.compute.circular.circular_order import circular_order
from graphkeep.compute.circular.node_order import ORDER_PARAMETERS, order_by, order_nodes
from graphkeep.compute.edges import edge_index
from graphkeep.compute.kernels.csr import Edges
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.packing.arrange_components import each_component
from graphkeep.compute.parameters import Choice, ParameterValues
from graphkeep.graph.graph import Graph


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    n, edges = graph.node_count, edge_index(graph)
    by = order_by(parameters)
    if by == "links" and parameters["components"] == "apart":
        positions = each_component(n, edges, circle_of_component, "round")
        return LayoutResult(positions=positions.astype(np.float32))
    column = None if parameters["column"] is None else graph.nodes[parameters["column"]]
    return LayoutResult(
        positions=circle_positions(order_nodes(n, edges, by, column)).astype(np.float32)
    )


def circle_of_component(n: int, edges: Edges) -> np.ndarray:
    return circle_positions(circular_order(n, edges))


def circle_positions(order: np.ndarray) -> np.ndarray:
    """Positions float64 (n, 2): adjacent nodes on the circle 1 apart, clockwise from the top."""
    n = len(order)
    radius = 0.0 if n < 2 else 0.5 / np.sin(np.pi / n)
    angle = np.pi / 2 - np.arange(n) * (2 * np.pi / max(n, 1))
    positions = np.empty((n, 2))
    positions[order] = radius * np.column_stack((np.cos(angle), np.sin(angle)))
    return positions


CIRCLE = Layout(
    name="circle",
    title="Circle",
    description="All nodes around a circle, linked ones near one another.",
    place=place,
    parameters=(
        *ORDER_PARAMETERS,
        Choice(
            name="components",
            title="Unconnected parts",
            help="One circle for all, or one for each part.",
            default="together",
            choices={
                "together": "On one circle",
                "apart": "A circle each",
            },
        ),
    ),
)
