"""Nodes on a spiral: an example of a layout."""

import numpy as np

from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.parameters import Flag, Number, ParameterValues
from graphkeep.graph.graph import Graph


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    """Archimedes' spiral: turns `gap` apart, neighbours on it about 1 apart."""
    angle = np.sqrt(4 * np.pi * np.arange(graph.node_count) / parameters["gap"])
    radius = parameters["gap"] * angle / (2 * np.pi)
    turn = -angle if parameters["clockwise"] else angle
    positions = np.column_stack((radius * np.cos(turn), radius * np.sin(turn)))
    return LayoutResult(positions=positions.astype(np.float32))


SPIRAL = Layout(
    name="spiral",
    title="Spiral",
    description="Nodes on a spiral, in the order of the table.",
    place=place,
    parameters=(
        Number(
            name="gap",
            title="Gap",
            help="The distance between two turns.",
            default=1.0,
            low=0.1,
            high=10.0,
        ),
        Flag(name="clockwise", title="Clockwise", help="The way in which the spiral turns."),
    ),
)
