"""Rings around one node, by hop distance from it.

Eades, "Drawing Free Trees", 1992; Yee, Fisher, Dhamija and Hearst, "Animated Exploration of Dynamic Graphs
with Radial Layout", InfoVis 2001.
"""

import math

import numpy as np

from graphkeep.compute.edges import edge_index
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.packing.arrange_components import side_by_side
from graphkeep.compute.parameters import NodeRef, Number, ParameterValues
from graphkeep.compute.trees.spanning import Forest, spanning_forest
from graphkeep.compute.trees.wedges import angles_of, radii_of
from graphkeep.graph.encodings import Axis
from graphkeep.graph.graph import Graph

MAX_RINGS = 12
FAIR = 0.6  # minimum ring distance, as a share of even distances
SHARE = 0.5  # of all nodes: rings are drawn for a component with at least this share


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    n = graph.node_count
    forest = spanning_forest(n, edge_index(graph), root=parameters["root"], directed=False)
    angle = angles_of(forest.parent, forest.depth)
    radius = radii_of(forest.parent, forest.depth, forest.tree, angle, parameters["ring_distance"])
    # If one full ring is very wide, the other rings must still be distinguishable.
    even_distance = FAIR * float(radius.max(initial=0.0)) / max(int(forest.depth.max(initial=0)), 1)
    if even_distance > parameters["ring_distance"]:
        radius = radii_of(forest.parent, forest.depth, forest.tree, angle, even_distance)
    positions = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    packed = side_by_side(positions, forest.tree, "round")
    main = main_tree(forest, parameters["root"])
    if main is None:
        return LayoutResult(positions=in_table_order(packed, forest))
    is_main = forest.tree == main
    root = np.flatnonzero(is_main)[0]
    placed = in_table_order(packed - packed[root], forest)
    if is_main.sum() < SHARE * n:
        return LayoutResult(positions=placed)
    return LayoutResult(positions=placed, axes=rings(forest.depth[is_main], radius[is_main]))


def main_tree(forest: Forest, root: int | None) -> int | None:
    if len(forest.order) == 0:
        return None
    if root is not None:
        return int(forest.tree[forest.rank[root]])
    return int(np.bincount(forest.tree).argmax())


def in_table_order(drawn: np.ndarray, forest: Forest) -> np.ndarray:
    placed = np.empty((len(drawn), 2), np.float32)
    placed[forest.order] = drawn
    return placed


def rings(depth: np.ndarray, radius: np.ndarray) -> tuple[Axis, ...]:
    """A circle for each number of steps, or for every few steps beyond MAX_RINGS."""
    deepest = int(depth.max())
    interval = math.ceil(deepest / MAX_RINGS) if deepest else 1
    axes = []
    for step in range(interval, deepest + 1, interval):
        ring_radius = float(radius[np.argmax(depth == step)])
        label = "1 step" if step == 1 else f"{step} steps"
        is_last = step == deepest
        axes.append(
            Axis(
                kind="r",
                value=ring_radius,
                label=label,
                style="external" if is_last else "internal",
            )
        )
    return tuple(axes)


RADIAL = Layout(
    name="radial",
    title="Radial",
    description="Rings around one node: its neighbors on the first, their neighbors on the second.",
    place=place,
    parameters=(
        NodeRef(
            name="root",
            title="Centre",
            help="The node in the middle. Without one: the most central one.",
        ),
        Number(
            name="ring_distance",
            title="Distance of rings",
            help="At least so much; rings with many nodes need more.",
            default=2.0,
            low=0.2,
            high=1000.0,
        ),
    ),
)
