"""Tree layout, of a graph's breadth-first tree if it is no tree: Reingold and Tilford's drawing (1981), in linear time
(Buchheim, Jünger and Leipert, GD 2002).
"""

import numpy as np

from graphkeep.compute.edges import edge_index
from graphkeep.compute.layered.directions import DIRECTION, level_distances, orient_levels
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.packing.arrange_components import bounds_of, side_by_side
from graphkeep.compute.parameters import NodeRef, Number, ParameterValues
from graphkeep.compute.trees.spanning import spanning_forest
from graphkeep.compute.trees.tidy import tidy
from graphkeep.graph.graph import Graph


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    n, edges = graph.node_count, edge_index(graph)
    forest = spanning_forest(n, edges, root=parameters["root"], directed=True)
    across = tidy(forest.parent, 1.0)
    flat = np.column_stack((across, forest.depth))
    count = int(forest.tree.max(initial=-1)) + 1
    low, high = bounds_of(flat, forest.tree, count)
    if parameters["level_distance"] is None:
        distance = level_distances(
            high[:, 0] - low[:, 0], high[:, 1].astype(np.int64), parameters["direction"]
        )
    else:
        distance = np.full(count, parameters["level_distance"])
    positions = orient_levels(across, forest.depth * distance[forest.tree], parameters["direction"])
    placed = np.empty((n, 2), np.float32)
    placed[forest.order] = side_by_side(positions, forest.tree, "square")
    return LayoutResult(positions=placed, notes=notes_of(n, edges, count))


def notes_of(n: int, edges: np.ndarray, count: int) -> tuple[str, ...]:
    non_loops = edges[edges[:, 0] != edges[:, 1]].astype(np.int64)
    pairs = (
        len(np.unique(non_loops.min(axis=1) * n + non_loops.max(axis=1))) if len(non_loops) else 0
    )
    extra = pairs - (n - count)
    if extra <= 0:
        return ()
    return (f"This graph is no tree; links that run across the drawing: {extra:,} of {pairs:,}.",)


TREE = Layout(
    name="tree",
    title="Tree",
    description="Levels of children below their parents, as in an organization chart.",
    place=place,
    parameters=(
        NodeRef(
            name="root",
            title="Root",
            help="The node to hang the tree from. Without one: the node that leads to all others, "
            "else the most central one.",
        ),
        DIRECTION,
        Number(
            name="level_distance",
            title="Distance of levels",
            help="In distances of siblings; without one, the drawing gets the shape of a window.",
            low=0.2,
            high=1000.0,
        ),
    ),
)
