"""Ends, color, width, opacity and curve of edges."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.encodings import Encodings
from graphkeep.graph.graph import Graph
from graphkeep.graph.numbers import numbers_of
from graphkeep.view.channels import (
    column_colors,
    encoded_colors,
    encoded_numbers,
    normalized,
)
from graphkeep.view.nodes import opacity_fractions
from graphkeep.view.palettes import NEUTRAL, Colors

Array = npt.NDArray[np.generic]
SEED = 1
MIN_WIDTH, MAX_WIDTH = 0.6, 5.0
CURVE_STEP = 0.18
MAX_PARALLEL = 8


def arrays_of(graph: Graph, encodings: Encodings) -> dict[str, Array]:
    order = np.random.default_rng(SEED).permutation(graph.edge_count)
    ends = np.column_stack((graph.source_index, graph.destination_index)).astype(np.uint32)
    arrays: dict[str, Array] = {"edge_ends": ends[order], "edge_row": order.astype(np.uint32)}
    array_by_name: dict[str, Array | None] = {
        "edge_color": colors(graph, encodings, "edge_source_color", "edge_color"),
        "edge_color_destination": colors(graph, encodings, "edge_destination_color"),
        "edge_width": widths(graph, encodings),
        "edge_opacity": opacities(graph, encodings),
        "edge_curve": curves(graph),
    }
    for name, values in array_by_name.items():
        if values is not None:
            arrays[name] = values[order]
    return arrays


def column_of(graph: Graph, name: str | None) -> pa.ChunkedArray | None:
    return graph.edges[name] if name is not None and name in graph.edges.column_names else None


def colors(graph: Graph, encodings: Encodings, *roles: str) -> Colors | None:
    """uint8 (m, 4), or None if the viewer blends the colours of both ends."""
    neutral = np.tile(np.array(NEUTRAL, np.uint8), (graph.edge_count, 1))
    row_colors: Colors | None = None
    for role in roles:
        column = column_of(graph, getattr(graph.bindings, role))
        if column is not None:
            row_colors = column_colors(column, neutral)
            break
    encoding = encodings.channels.get(("edge", "color")) if "edge_color" in roles else None
    column = column_of(graph, encoding.attribute) if encoding is not None else None
    if encoding is not None and column is not None:
        row_colors = encoded_colors(encoding, column, neutral if row_colors is None else row_colors)
    return row_colors


def widths(graph: Graph, encodings: Encodings) -> npt.NDArray[np.float32] | None:
    column = column_of(graph, graph.bindings.edge_size)
    values = None
    if column is not None:
        values = MIN_WIDTH + (MAX_WIDTH - MIN_WIDTH) * np.nan_to_num(normalized(numbers_of(column)))
    encoding = encodings.channels.get(("edge", "size"))
    column = column_of(graph, encoding.attribute) if encoding is not None else None
    if encoding is not None and column is not None:
        default = np.ones(graph.edge_count) if values is None else values
        values = np.clip(encoded_numbers(encoding, column, default), 0.2, 12.0)
    return None if values is None else values.astype(np.float32)


def opacities(graph: Graph, encodings: Encodings) -> npt.NDArray[np.uint8] | None:
    column = column_of(graph, graph.bindings.edge_opacity)
    values = None if column is None else opacity_fractions(numbers_of(column))
    encoding = encodings.channels.get(("edge", "opacity"))
    column = column_of(graph, encoding.attribute) if encoding is not None else None
    if encoding is not None and column is not None:
        default = np.ones(graph.edge_count) if values is None else values
        values = encoded_numbers(encoding, column, default)
    if values is None:
        return None
    return np.rint(np.clip(np.nan_to_num(values, nan=1.0), 0, 1) * 255).astype(np.uint8)


def curves(graph: Graph) -> npt.NDArray[np.float32] | None:
    """Bend float32 (m,) as a fraction of the length, so that parallel edges and loops part.

    Nothing when there are neither.
    """
    source = graph.source_index.astype(np.int64)
    destination = graph.destination_index.astype(np.int64)
    low, high = np.minimum(source, destination), np.maximum(source, destination)
    key = low * max(graph.node_count, 1) + high
    order = np.argsort(key, kind="stable")
    ordered_keys = key[order]
    is_first = (
        np.concatenate(([True], ordered_keys[1:] != ordered_keys[:-1]))
        if len(ordered_keys)
        else np.empty(0, bool)
    )
    group = np.cumsum(is_first) - 1
    count = np.bincount(group)[group] if len(group) else group
    rank = np.arange(len(ordered_keys)) - np.flatnonzero(is_first)[group] if len(group) else group
    is_loop = (low == high)[order]
    if not (count > 1).any() and not is_loop.any():
        return None
    bend = (
        np.minimum(rank, MAX_PARALLEL) - (np.minimum(count, MAX_PARALLEL + 1) - 1) / 2
    ) * CURVE_STEP
    bend = np.where(count > 1, bend, 0.0)
    # Two edges that face each other must bend to different sides of the one line between them.
    bend = np.where((source > destination)[order], -bend, bend)
    bend = np.where(is_loop, 0.3 + CURVE_STEP * rank, bend)
    bend_by_edge = np.empty(len(ordered_keys), np.float32)
    bend_by_edge[order] = bend
    return bend_by_edge
