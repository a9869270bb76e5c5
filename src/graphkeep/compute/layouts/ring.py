"""Rings by a column: time or a number outward from the middle, or one ring for each category.

Directions follow a circular order with few crossings (Baur and Brandes, WG 2004); points are spaced along
their ring by isotonic regression.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.compute.axis_ticks import number_ticks, time_ticks
from graphkeep.compute.circular.rings import place_on_rings
from graphkeep.compute.columns import groups, numbers
from graphkeep.compute.edges import edge_index
from graphkeep.compute.layout import Layout, LayoutResult, LayoutRun
from graphkeep.compute.parameters import Choice, Column, Flag, ParameterValues
from graphkeep.graph.columns import describe_column
from graphkeep.graph.encodings import Axis
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph

MAX_CATEGORIES = 20
INNER = 0.25  # of the outermost ring's radius: the first tick of a scale
Numbers = npt.NDArray[np.float64]


def place(graph: Graph, parameters: ParameterValues, run: LayoutRun) -> LayoutResult:
    column = graph.nodes[parameters["column"]]
    kind = parameters["by"]
    if kind == "auto":
        column_kind = describe_column(parameters["column"], column).kind
        kind = column_kind if column_kind in {"number", "time"} else "category"
    if kind == "category":
        radius, axes, notes = by_category(column, parameters["reverse"])
    else:
        radius, axes, notes = by_value(column, "time" if kind == "time" else "number", parameters)
    positions = place_on_rings(graph.node_count, edge_index(graph), radius)
    return LayoutResult(positions=positions.astype(np.float32), axes=axes, notes=notes)


def by_category(
    column: pa.ChunkedArray, reverse: bool
) -> tuple[Numbers, tuple[Axis, ...], tuple[str, ...]]:
    """A ring for each of the most frequent values in sorted order, then one for others and one for missing values."""
    codes, labels = groups(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    frequent = np.sort(np.argsort(-counts, kind="stable")[:MAX_CATEGORIES])
    if reverse:
        frequent = frequent[::-1]
    ring = np.full(len(labels) + 1, len(frequent))
    ring[frequent] = np.arange(len(frequent))
    names = [labels[code] for code in frequent]
    if len(labels) > len(frequent):
        names.append(f"{len(labels) - len(frequent)} others")
    is_missing = codes < 0
    ring[-1] = len(names)
    if is_missing.any():
        names.append("no value")
    level = ring[codes]
    filled = np.bincount(level, minlength=len(names))
    unit = max(2.5, float((filled / (np.arange(len(names)) + 1.5)).max(initial=0.0)) / (2 * np.pi))
    notes = missing_values_note(int(is_missing.sum()))
    return (
        unit * (level + 1.5),
        ring_axes([(unit * (k + 1.5), name) for k, name in enumerate(names)]),
        notes,
    )


def by_value(
    column: pa.ChunkedArray, kind: Literal["number", "time"], parameters: ParameterValues
) -> tuple[Numbers, tuple[Axis, ...], tuple[str, ...]]:
    """Radius along a scale with round values; nodes without a value are outside."""
    try:
        values = numbers(column)
    except pa.ArrowException as error:
        raise UserInputError(
            f"The column '{parameters['column']}' contains no numbers or times; choose rings by category."
        ) from error
    has_value = np.isfinite(values)
    if not has_value.any():
        raise UserInputError(f"The column '{parameters['column']}' has no values to make rings of.")
    low, high = float(values[has_value].min()), float(values[has_value].max())
    ticks = time_ticks(low, high) if kind == "time" else number_ticks(low, high)
    share = share_of(values, ticks, reverse=parameters["reverse"])
    _, repeats = np.unique(share[has_value], return_counts=True)
    crowd = repeats / (2 * np.pi * np.unique(share[has_value]))
    far = max(10.0, 1.4 * float(np.sqrt(len(values))), float(crowd.max()))
    missing = int((~has_value).sum())
    tick_shares = share_of(
        np.array([value for value, _ in ticks]), ticks, reverse=parameters["reverse"]
    )
    rings = [(far * float(r), text) for r, (_, text) in zip(tick_shares, ticks, strict=True)]
    outside = far * (1 + INNER / 2)
    if missing:
        rings.append((outside, "no value"))
    radius = np.where(has_value, far * np.nan_to_num(share), outside)
    return radius, ring_axes(sorted(rings)), missing_values_note(missing)


def share_of(values: Numbers, ticks: list[tuple[float, str]], *, reverse: bool) -> Numbers:
    """Radius of each value, as a share of the outermost ring's radius."""
    start, end = ticks[0][0], ticks[-1][0]
    fraction = (values - start) / (end - start)
    return INNER + (1 - INNER) * (1 - fraction if reverse else fraction)


def ring_axes(rings: list[tuple[float, str]]) -> tuple[Axis, ...]:
    last = len(rings) - 1
    return tuple(
        Axis(kind="r", value=r, label=text, style="external" if k == last else "internal")
        for k, (r, text) in enumerate(rings)
    )


def missing_values_note(missing: int) -> tuple[str, ...]:
    return (f"Nodes without a value, on the outermost ring: {missing:,}.",) if missing else ()


RING = Layout(
    name="ring",
    title="Rings",
    description="The further out, the later or the larger; or a ring for each category.",
    place=place,
    parameters=(
        Column(
            name="column",
            title="Column",
            help="Whose values make the rings.",
            kinds=("time", "number", "category", "text"),
            required=True,
        ),
        Choice(
            name="by",
            title="Rings by",
            help="How to read the values.",
            default="auto",
            choices={
                "auto": "Type of the column",
                "number": "Number",
                "time": "Time",
                "category": "Category",
            },
        ),
        Flag(
            name="reverse",
            title="Largest inside",
            help="The latest, largest or last value in the middle.",
            default=False,
        ),
    ),
)
