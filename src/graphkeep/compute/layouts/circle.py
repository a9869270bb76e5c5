"""Nodes on a circle in an order in which few edges cross (Baur and Brandes, WG 2004)."""

import numpy as np

from graphkeep.compute.adjacency import Edges
from graphkeep.compute.circular.circular import circular_order
from graphkeep.compute.circular.ordering import By, ordered
from graphkeep.compute.layout import Choice, Layout, Option, Options, Placed, ends_of
from graphkeep.compute.packing.arrange_components import each_component
from graphkeep.graph.graph import Graph


def place(graph: Graph, options: Options) -> Placed:
    n, edges = graph.node_count, ends_of(graph)
    by: By = options["order"] if options["column"] is None else "column"
    if by == "links" and options["components"] == "apart":
        drawn = each_component(n, edges, circle_of_component, "round")
        return Placed(positions=drawn.astype(np.float32))
    column = None if options["column"] is None else graph.nodes[options["column"]]
    return Placed(positions=around(ordered(n, edges, by, column)).astype(np.float32))


def circle_of_component(n: int, edges: Edges) -> np.ndarray:
    return around(circular_order(n, edges))


def around(order: np.ndarray) -> np.ndarray:
    """float64 (n, 2): neighbours on the circle 1 apart, clockwise from the top."""
    n = len(order)
    radius = 0.0 if n < 2 else 0.5 / np.sin(np.pi / n)
    angle = np.pi / 2 - np.arange(n) * (2 * np.pi / max(n, 1))
    drawn = np.empty((n, 2))
    drawn[order] = radius * np.column_stack((np.cos(angle), np.sin(angle)))
    return drawn


CIRCLE = Layout(
    name="circle",
    title="Circle",
    description="All nodes around a circle, linked ones near one another.",
    place=place,
    options=(
        Option(
            name="order",
            title="Order",
            help="Which nodes stand side by side.",
            kind="choice",
            default="links",
            choices=(
                Choice(value="links", title="So that few links cross"),
                Choice(value="degree", title="Most links first"),
                Choice(value="table", title="As in the table"),
            ),
        ),
        Option(
            name="column",
            title="By column",
            help="Its equal values stand together, in their order; it goes before the order above.",
            kind="column",
            columns=("category", "text", "number", "time"),
        ),
        Option(
            name="components",
            title="Unconnected parts",
            help="One circle for all, or one for each part.",
            kind="choice",
            default="together",
            choices=(
                Choice(value="together", title="On one circle"),
                Choice(value="apart", title="A circle each"),
            ),
        ),
    ),
)
