"""Group-in-a-box layout: each group in its own box, with an area in proportion to its size.

Rodrigues, Milic-Frayling, Smith, Shneiderman and Hansen, "Group-In-a-Box Layout for Multi-faceted Analysis of
Communities", SocialCom 2011; Chaturvedi et al., "Group-In-a-Box Meta-Layouts for Topological Clusters and
Attribute-Based Groups", 2014. The boxes are a squarified treemap.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.compute.columns import groups
from graphkeep.compute.edges import edge_index
from graphkeep.compute.force.layout import force_layout
from graphkeep.compute.kernels.csr import Edges
from graphkeep.compute.layout import Box, Layout, LayoutResult, LayoutRun
from graphkeep.compute.metrics.communities import communities
from graphkeep.compute.packing.treemap import Frame, treemap
from graphkeep.compute.parameters import Column, ParameterValues
from graphkeep.compute.positions import Points
from graphkeep.graph.graph import Graph

MAX_BOXES = 150
ROOM = 2.4  # area per node
SMALLEST = 5.0  # nodes; minimum area of a box, in nodes
ASPECT = 1.6
BETWEEN = 0.6
INSET = 0.1  # of a box's sides: margin between its frame and its nodes


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    n, edges = graph.node_count, edge_index(graph)
    if n == 0:
        return LayoutResult(positions=np.empty((0, 2), np.float32))
    codes_of_groups, names = group_nodes(graph, edges, parameters["column"])
    box, labels = assign_boxes(codes_of_groups, names)
    counts = np.bincount(box, minlength=len(labels))
    areas = np.maximum(counts, SMALLEST) * ROOM
    width = float(np.sqrt(areas.sum() * ASPECT))
    # A treemap needs descending areas; the box of the remaining groups is last in any case.
    order = np.argsort(-areas, kind="stable")
    rectangles = treemap(areas[order].tolist(), width, float(areas.sum()) / width)
    frames = {int(k): inset_frame(frame) for k, frame in zip(order, rectangles, strict=True)}
    placed = np.empty((n, 2))
    edge_box = np.where(box[edges[:, 0]] == box[edges[:, 1]], box[edges[:, 0]], -1)
    for k in range(len(labels)):
        rows, inside = np.flatnonzero(box == k), edge_box == k
        weights = None if run.edge_weights is None else run.edge_weights[inside]
        placed[rows] = fit_into(group_layout(rows, edges[inside], weights), frames[k])
    return LayoutResult(
        positions=placed.astype(np.float32),
        boxes=tuple(
            Box(x0=x0, y0=y0, x1=x1, y1=y1, label=labels[k])
            for k, (x0, y0, x1, y1) in sorted(frames.items())
        ),
    )


def group_nodes(
    graph: Graph, edges: Edges, column: str | None
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The group of each node, -1 for none, and the names of the groups; communities are named as in the legend."""
    if column is None and "community" in graph.nodes.column_names:
        column = "community"
        if pa.types.is_integer(graph.nodes[column].type):
            codes_of_groups, names = groups(graph.nodes[column])
            return codes_of_groups, [f"Community {int(name) + 1}" for name in names]
    if column is not None:
        return groups(graph.nodes[column])
    computed = communities(graph.node_count, edges).astype(np.int64)
    return computed, [f"Community {k + 1}" for k in range(int(computed.max()) + 1)]


def assign_boxes(
    codes_of_groups: npt.NDArray[np.int64], names: list[str]
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The box of each node, largest groups first, and the labels of the boxes.

    Single-node groups, and groups beyond MAX_BOXES, share the last box; nodes without a value form a group.
    """
    codes = np.where(codes_of_groups < 0, len(names), codes_of_groups)
    names = [*names, "no value"]
    counts = np.bincount(codes, minlength=len(names))
    order = np.argsort(-counts, kind="stable")
    filled = order[counts[order] > 0]
    boxed = filled[counts[filled] > 1][:MAX_BOXES]
    remaining = len(filled) - len(boxed)
    if remaining == 1:
        boxed, remaining = filled[: len(boxed) + 1], 0
    box_of = np.full(len(names), len(boxed))
    box_of[boxed] = np.arange(len(boxed))
    labels = [names[k] for k in boxed]
    if remaining:
        labels.append(f"{remaining:,} small groups")
    return box_of[codes], labels


def inset_frame(frame: Frame) -> Frame:
    x0, y0, x1, y1 = frame
    gap = min(BETWEEN, (x1 - x0) / 6, (y1 - y0) / 6) / 2
    return (x0 + gap, y0 + gap, x1 - gap, y1 - gap)


def group_layout(
    rows: npt.NDArray[np.int64],
    edges: npt.NDArray[np.int32],
    weights: npt.NDArray[np.floating] | None,
) -> Points:
    """Force layout float64 (k, 2) of one group; `edges` are those inside it, by node rows of the graph."""
    if len(rows) < 3:
        return np.column_stack((np.arange(len(rows)), np.zeros(len(rows))))
    renumbered = np.searchsorted(rows, edges).astype(np.int32)
    return force_layout(len(rows), renumbered, weights=weights).astype(np.float64)


def fit_into(drawn: Points, frame: Frame) -> Points:
    """Points scaled to fill the box, rotated by 90 degrees if they fit better."""
    x0, y0, x1, y1 = frame
    available = np.array([x1 - x0, y1 - y0]) * (1 - 2 * INSET)
    low, high = drawn.min(axis=0), drawn.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    centered = drawn - (low + high) / 2
    straight, turned = float((available / span).min()), float((available / span[::-1]).min())
    if turned > straight:
        centered, straight = centered[:, ::-1] * (1, -1), turned
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2 - INSET / 2 * (y1 - y0)])
    return centered * (straight if span.max() > 1e-6 else 1.0) + middle


BOXES = Layout(
    name="boxes",
    title="Boxes",
    description="Each community, or each value of a column, in a box of its own.",
    place=place,
    supports=frozenset({"edge_weights"}),
    parameters=(
        Column(
            name="column",
            title="Group by",
            help="One box for each of its values. Without a column: for each community.",
            kinds=("category", "text", "number", "time"),
        ),
    ),
)
