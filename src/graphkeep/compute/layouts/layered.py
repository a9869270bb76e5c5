"""Layers along the direction of the edges (Sugiyama, Tagawa and Toda, 1981); each step names its paper."""

import numpy as np

from graphkeep.compute.edges import edge_index
from graphkeep.compute.kernels.csr import Edges
from graphkeep.compute.layered.directions import DIRECTION, level_distances, orient_levels
from graphkeep.compute.layered.sugiyama import layered
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.packing.arrange_components import each_component
from graphkeep.compute.parameters import Number, ParameterValues
from graphkeep.graph.graph import Graph

MAX_DUMMIES = 150_000


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    turned = left_out = 0

    def component(n: int, edges: Edges) -> np.ndarray:
        nonlocal turned, left_out
        drawing = layered(n, edges, MAX_DUMMIES * n // graph.node_count)
        turned += drawing.turned
        left_out += drawing.left_out
        distance = parameters["level_distance"]
        if distance is None:
            levels = drawing.layer.max(keepdims=True)
            wide = np.ptp(drawing.across, keepdims=True)
            distance = level_distances(wide, levels, parameters["direction"])[0]
        return orient_levels(drawing.across, drawing.layer * distance, parameters["direction"])

    positions = each_component(graph.node_count, edge_index(graph), component, "square")
    return LayoutResult(positions=positions.astype(np.float32), notes=notes_of(turned, left_out))


def notes_of(turned: int, left_out: int) -> tuple[str, ...]:
    notes = []
    if turned:
        notes.append(f"Edges that close a cycle, and so run against the others: {turned:,}.")
    if left_out:
        notes.append(
            f"Edges that cross too many layers to be routed around nodes: {left_out:,}. "
            "This graph is too large or too deep for a layered drawing to be exact."
        )
    return tuple(notes)


LAYERED = Layout(
    name="layered",
    title="Layered",
    description="Edges lead from layer to layer, with few crossings: for flows and dependencies.",
    place=place,
    parameters=(
        DIRECTION,
        Number(
            name="level_distance",
            title="Distance of layers",
            help="In distances of neighbours; without one, the drawing gets the shape of a window.",
            low=0.2,
            high=1000.0,
        ),
    ),
)
