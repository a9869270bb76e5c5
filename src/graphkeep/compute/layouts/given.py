"""Positions that came with the data, or a scatter plot of any two columns with axes."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.compute.axis_ticks import number_ticks, time_ticks
from graphkeep.compute.columns import numbers
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.parameters import Column, ParameterValues
from graphkeep.graph.columns import is_time
from graphkeep.graph.encodings import Axis
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph

ASPECT = 1.6

Numbers = npt.NDArray[np.float64]


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    across = column_of(graph, parameters["x"], graph.bindings.node_x, "x")
    up = column_of(graph, parameters["y"], graph.bindings.node_y, "y")
    positions = np.column_stack((numbers_of(graph, across), numbers_of(graph, up)))
    is_missing = ~np.isfinite(positions).all(axis=1)
    if is_missing.all():
        raise UserInputError("No node has a number for both x and y: choose other columns.")
    positions[is_missing] = positions[~is_missing].mean(axis=0)
    notes = (f"Nodes without a position, in the middle: {int(is_missing.sum()):,}.",)
    if parameters["x"] is None and parameters["y"] is None:
        axes = None
    else:
        positions, axes = scatter_plot(positions, graph.nodes[across], graph.nodes[up])
    return LayoutResult(
        positions=positions.astype(np.float32), axes=axes, notes=notes if is_missing.any() else ()
    )


def column_of(graph: Graph, chosen: str | None, bound: str | None, name: str) -> str:
    columns = graph.nodes.column_names
    column = chosen or (bound if bound in columns else None) or (name if name in columns else None)
    if column is None:
        raise UserInputError(f"This graph has no positions: choose the column for {name}.")
    return column


def numbers_of(graph: Graph, column: str) -> Numbers:
    try:
        return numbers(graph.nodes[column])
    except pa.ArrowException as error:
        raise UserInputError(
            f"The column '{column}' contains no numbers: choose another."
        ) from error


def scatter_plot(
    at: Numbers, across: pa.ChunkedArray, up: pa.ChunkedArray
) -> tuple[Numbers, tuple[Axis, ...]]:
    """Both columns scaled to one window, with axis lines at round values."""
    high = max(10.0, float(np.sqrt(len(at))))
    axes = []
    scaled = np.empty_like(at)
    for k, (column, length) in enumerate(((across, high * ASPECT), (up, high))):
        low, top = float(at[:, k].min()), float(at[:, k].max())
        ticks = time_ticks(low, top) if is_time(column.type) else number_ticks(low, top)
        start, end = ticks[0][0], ticks[-1][0]
        scale = length / (end - start)
        scaled[:, k] = (at[:, k] - start) * scale
        axes += [
            Axis(
                kind="y" if k else "x", value=(value - start) * scale, label=text, style="internal"
            )
            for value, text in ticks
        ]
    return scaled, tuple(axes)


GIVEN = Layout(
    name="given",
    title="Given",
    description="Where the sender of the data put the nodes, or any two columns as a scatter plot.",
    place=place,
    parameters=(
        Column(
            name="x",
            title="Across",
            help="The column of the horizontal position. Without one: the bound one, or x.",
            kinds=("number", "time"),
        ),
        Column(
            name="y",
            title="Up",
            help="The column of the vertical position. Without one: the bound one, or y.",
            kinds=("number", "time"),
        ),
    ),
)
