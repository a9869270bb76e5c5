"""What the colours, sizes and icons of a picture mean, in its corner."""

from typing import Any

import numpy as np
import pyarrow as pa

from graphkeep.graph.columns import is_time
from graphkeep.graph.encodings import Encodings, Target
from graphkeep.graph.graph import Graph
from graphkeep.graph.numbers import numbers_of
from graphkeep.view.channels import Values, distinct_codes, json_key
from graphkeep.view.palettes import Colors, parse_color

MAX_ENTRIES = 10


def legend_of(graph: Graph, encodings: Encodings, arrays: dict[str, Any]) -> list[dict[str, Any]]:
    legend = []
    for target, key, bound_column in (
        ("node", "node_color", graph.bindings.node_color),
        ("edge", "edge_color", graph.bindings.edge_color),
    ):
        if key not in arrays:
            continue
        colors: Colors = arrays[key]
        table = graph.nodes if target == "node" else graph.edges
        if target == "edge":
            colors = colors[np.argsort(arrays["edge_row"])]
        attribute = color_attribute(
            encodings, "node" if target == "node" else "edge", bound_column, table
        )
        if attribute is None:
            continue
        legend.append(color_entry(target, attribute, table[attribute], colors, encodings))
    return legend


def color_attribute(
    encodings: Encodings, target: Target, bound: str | None, table: pa.Table
) -> str | None:
    encoding = encodings.channels.get((target, "color"))
    if encoding is not None and encoding.attribute in table.column_names:
        return encoding.attribute
    if bound is not None and bound in table.column_names:
        return None if holds_colors(table[bound]) else bound
    return "community" if target == "node" and "community" in table.column_names else None


def holds_colors(column: pa.ChunkedArray) -> bool:
    """Whether the values are the colours themselves, which need no explaining."""
    if pa.types.is_integer(column.type):
        return True
    return any(parse_color(value) is not None for value in column.slice(0, 50).to_pylist())


def color_entry(
    target: str, attribute: str, column: pa.ChunkedArray, colors: Colors, encodings: Encodings
) -> dict[str, Any]:
    encoding = encodings.channels.get(("node" if target == "node" else "edge", "color"))
    entry: dict[str, Any] = {"target": target, "channel": "color", "attribute": attribute}
    is_automatic = encoding is None and attribute == "community"
    if encoding is not None and encoding.variation == "continuous":
        values = numbers_of(column)
        finite_rows = np.flatnonzero(np.isfinite(values))
        ranked = finite_rows[np.argsort(values[finite_rows], kind="stable")]
        sample_rows = (
            ranked[np.linspace(0, len(ranked) - 1, 5).astype(int)] if len(ranked) else ranked
        )
        shades = {value_text(column, values, i): hex_color(colors[i]) for i in sample_rows.tolist()}
        entries = [{"label": label, "color": color} for label, color in shades.items()]
        return {**entry, "kind": "continuous", "entries": entries}
    codes, values_ = distinct_codes(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(values_))
    first_row = np.zeros(len(values_), np.int64)
    first_row[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    most_frequent = np.argsort(-counts, kind="stable")[:MAX_ENTRIES]
    categories: list[dict[str, Any]] = [
        {
            "label": f"Community {int(values_[i]) + 1}"
            if is_automatic
            else json_key(values_[i])[:60],
            "value": json_key(values_[i]),
            "color": hex_color(colors[first_row[i]]),
            "count": int(counts[i]),
        }
        for i in most_frequent
        if counts[i] > 0
    ]
    hidden_count = len(values_) - len(categories)
    return {
        **entry, "kind": "categorical", "automatic": is_automatic, "entries": categories, "more": hidden_count,
    }  # fmt: skip


def value_text(column: pa.ChunkedArray, values: Values, row: int) -> str:
    return json_key(column[row].as_py()) if is_time(column.type) else f"{values[row]:.4g}"


def hex_color(color: Any) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in color[:3])
