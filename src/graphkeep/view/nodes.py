"""Colour, size, opacity and importance of nodes."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.encodings import Encoding, Encodings
from graphkeep.graph.graph import Graph
from graphkeep.graph.numbers import numbers_of
from graphkeep.view.channels import (
    column_colors,
    cycled_colors,
    encoded_colors,
    encoded_numbers,
    normalized,
)
from graphkeep.view.palettes import CATEGORIES, COMMUNITIES, NEUTRAL, Colors, parse_color

MIN_SIZE, MAX_SIZE = 4.0, 40.0
DEFAULT_MIN_SIZE, DEFAULT_MAX_SIZE = 5.0, 22.0
USUAL_MAX_OUTPUT = 100.0  # outputs of a mapping are ordinary up to here
MIN_COMMUNITY_SHARE = 0.0005  # of all nodes: smaller communities stay quiet

Floats = npt.NDArray[np.float32]


def column_of(graph: Graph, name: str | None) -> pa.ChunkedArray | None:
    return graph.nodes[name] if name is not None and name in graph.nodes.column_names else None


def node_encoding(
    graph: Graph, encodings: Encodings, channel: str
) -> tuple[Encoding, pa.ChunkedArray] | None:
    encoding = encodings.channels.get(("node", channel))
    if encoding is None:
        return None
    column = column_of(graph, encoding.attribute)
    return None if column is None else (encoding, column)


def colors(graph: Graph, encodings: Encodings) -> Colors:
    default = community_colors(graph)
    column = column_of(graph, graph.bindings.node_color)
    if column is not None:
        default = column_colors(column, default)
    rule = node_encoding(graph, encodings, "color")
    return default if rule is None else encoded_colors(*rule, default)


def community_colors(graph: Graph) -> Colors:
    """The largest communities have a colour of their own; what is left, down to pairs, is quiet."""
    column = column_of(graph, "community")
    if column is None or not pa.types.is_integer(column.type):
        color = np.array(parse_color(CATEGORIES[0]) or NEUTRAL, np.uint8)
        return np.tile(color, (graph.node_count, 1))
    codes = np.asarray(column.to_numpy(), np.int64)
    sizes = np.bincount(codes)
    is_small = sizes[codes] < max(3, MIN_COMMUNITY_SHARE * graph.node_count)
    row_colors = cycled_colors(codes, COMMUNITIES)
    row_colors[is_small] = NEUTRAL
    return row_colors


def sizes(graph: Graph, encodings: Encodings) -> Floats:
    """Diameters float32 (n,) in px when the picture fits the window."""
    degree = numbers_of(graph.nodes["degree"]) if "degree" in graph.nodes.column_names else None
    default = sizes_by_area(degree, DEFAULT_MIN_SIZE, DEFAULT_MAX_SIZE, graph.node_count)
    column = column_of(graph, graph.bindings.node_size)
    if column is not None:
        default = proportional_sizes(column)
    rule = node_encoding(graph, encodings, "size")
    if rule is not None and is_proportional(rule[0]):
        default = proportional_sizes(rule[1])
    elif rule is not None:
        outputs = encoded_numbers(*rule, np.full(graph.node_count, np.nan))
        scale = mapped_scale(outputs)
        diameters = np.clip(outputs * scale, 2.0, MAX_SIZE * 1.5)
        default = np.where(np.isfinite(outputs), diameters, default)
    return default.astype(np.float32)


def is_proportional(encoding: Encoding) -> bool:
    return encoding.variation == "continuous" and encoding.bins is None and encoding.fixed is None


def proportional_sizes(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    values = numbers_of(column)
    return np.where(
        np.isfinite(values), sizes_by_area(values, MIN_SIZE, MAX_SIZE, len(values)), MIN_SIZE
    )


def mapped_scale(mapped: npt.NDArray[np.float64]) -> float:
    """Outputs of a mapping are relative; the largest, or 100, becomes the largest node."""
    finite = mapped[np.isfinite(mapped)]
    maximum = float(finite.max()) if len(finite) else USUAL_MAX_OUTPUT
    return MAX_SIZE / max(maximum, USUAL_MAX_OUTPUT)


def sizes_by_area(
    values: npt.NDArray[np.float64] | None, low: float, high: float, count: int
) -> npt.NDArray[np.float64]:
    """Pixel diameters whose square root carries the value: area is what the eye compares."""
    if values is None:
        return np.full(count, low)
    crowding = float(np.clip(1.15 - 0.11 * np.log10(max(count, 1)), 0.45, 1.0))
    finite = np.where(
        np.isfinite(values), values, np.nanmin(values) if np.isfinite(values).any() else 0
    )
    offsets = finite - finite.min() if len(finite) else finite
    maximum = offsets.max() if len(offsets) else 0.0
    share = np.sqrt(offsets / maximum) if maximum > 0 else np.zeros(count)
    return low * max(crowding, 0.6) + (high - low) * crowding * share


def opacities(graph: Graph, encodings: Encodings) -> npt.NDArray[np.uint8] | None:
    default: npt.NDArray[np.float64] | None = None
    column = column_of(graph, graph.bindings.node_opacity)
    if column is not None:
        default = opacity_fractions(numbers_of(column))
    rule = node_encoding(graph, encodings, "opacity")
    if rule is not None:
        default = encoded_numbers(*rule, np.ones(graph.node_count) if default is None else default)
    if default is None:
        return None
    return np.rint(np.clip(np.nan_to_num(default, nan=1.0), 0, 1) * 255).astype(np.uint8)


def opacity_fractions(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    finite = values[np.isfinite(values)]
    is_fraction = len(finite) == 0 or (finite.min() >= 0 and finite.max() <= 1)
    return values if is_fraction else 0.2 + 0.8 * normalized(values)


def importance(graph: Graph, shown: Floats) -> npt.NDArray[np.uint32]:
    """Rows uint32 (n,) by decreasing degree, then size."""
    has_degree = "degree" in graph.nodes.column_names
    degree = numbers_of(graph.nodes["degree"]) if has_degree else shown.astype(np.float64)
    if graph.bindings.node_size is not None:
        return np.lexsort((-degree, -shown)).astype(np.uint32)
    return np.lexsort((-shown, -degree)).astype(np.uint32)
