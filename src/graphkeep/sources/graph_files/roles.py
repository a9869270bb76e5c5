"""Which columns of the nodes and edges of a graph file bind to titles, positions, colors and the like."""

import itertools
import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
from PIL import ImageColor

from graphkeep.sources.graph_files.attribute_types import is_numeric

TITLES = (
    "label",
    "name",
    "title",
    "caption",
    "displayname",
    "display name",
    "labelgraphics.text",
    "labels",
)
COLORS = ("color", "colour", "fill", "fillcolor", "graphics.fill", "hexcolor")
SIZES = ("size",)
EDGE_SIZES = ("thickness", "width", "penwidth", "size")
WEIGHTS = ("weight", "value")
TYPES = (
    "type", "relationship", "relation", "interaction", "predicate", "kind", "edge type", "relationship type",
)  # fmt: skip
OPACITIES = ("opacity", "alpha")
POSITIONS = (("x", "y"), ("graphics.x", "graphics.y"), ("pos_x", "pos_y"), ("viz_x", "viz_y"))
COORDINATES = (("longitude", "latitude"), ("lon", "lat"), ("lng", "lat"), ("long", "lat"))
HEX_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|rgba?\([\d., %]+\)")
NUMBERS = frozenset(
    (*SIZES, *EDGE_SIZES, *WEIGHTS, *OPACITIES, *itertools.chain(*POSITIONS, *COORDINATES))
)  # that some programs declare as texts
MAX_DISTINCT = 1000


def node_bindings(nodes: pa.Table) -> dict[str, str]:
    """Wire roles of nodes to the columns that hold them."""
    bindings: dict[str, str] = {}
    bind(bindings, "node_title", text_column(nodes, TITLES))
    bind(bindings, "node_color", color_column(nodes))
    bind(bindings, "node_size", number_column(nodes, SIZES))
    bind(bindings, "node_opacity", number_column(nodes, OPACITIES))
    for across, up in POSITIONS:
        x, y = position_column(nodes, across), position_column(nodes, up)
        if x and y and (has_spread(nodes[x]) or has_spread(nodes[y])):
            bindings |= {"node_x": x, "node_y": y}
            break
    else:
        for east, north in COORDINATES:
            longitude, latitude = position_column(nodes, east), position_column(nodes, north)
            if longitude and latitude:
                bindings |= {"node_longitude": longitude, "node_latitude": latitude}
                break
    return bindings


def edge_bindings(edges: pa.Table) -> dict[str, str]:
    """Wire roles of edges to the columns that hold them."""
    bindings: dict[str, str] = {}
    title, kind = text_column(edges, TITLES), text_column(edges, TYPES)
    bind(bindings, "edge_title", title or kind)
    bind(bindings, "edge_label", kind if title else None)
    bind(bindings, "edge_weight", number_column(edges, WEIGHTS))
    bind(bindings, "edge_color", color_column(edges))
    bind(bindings, "edge_size", number_column(edges, EDGE_SIZES))
    bind(bindings, "edge_opacity", number_column(edges, OPACITIES))
    return bindings


def bind(bindings: dict[str, str], role: str, column: str | None) -> None:
    if column is not None:
        bindings[role] = column


def columns_named(table: pa.Table, names: Sequence[str]) -> list[str]:
    by_name = {column.lower(): column for column in reversed(table.column_names)}
    return [by_name[name] for name in names if name in by_name]


def text_column(table: pa.Table, names: Sequence[str]) -> str | None:
    for column in columns_named(table, names):
        values = table[column]
        if pa.types.is_string(values.type):
            values = values.filter(pc.not_equal(values, ""))
        if values.null_count < len(values) and not pa.types.is_boolean(values.type):
            return column
    return None


def number_column(table: pa.Table, names: Sequence[str]) -> str | None:
    for column in columns_named(table, names):
        if is_numeric(table[column].type) and table[column].null_count < table.num_rows:
            return column
    return None


def position_column(table: pa.Table, name: str) -> str | None:
    """A column of numbers that at least half of the rows have."""
    column = number_column(table, (name,))
    return column if column and table[column].null_count * 2 <= table.num_rows else None


def has_spread(values: pa.ChunkedArray) -> bool:
    bounds = pc.min_max(values).as_py()
    return bounds["min"] != bounds["max"]


def color_column(table: pa.Table) -> str | None:
    """A column of which nearly every text is a CSS color."""
    for column in columns_named(table, COLORS):
        if not pa.types.is_string(table[column].type):
            continue
        texts = pc.unique(table[column]).drop_null().slice(0, MAX_DISTINCT).to_pylist()
        if texts and sum(map(is_color, texts)) >= 0.8 * len(texts):
            return column
    return None


def is_color(text: str) -> bool:
    word = text.strip()
    return HEX_COLOR.fullmatch(word) is not None or word.lower() in ImageColor.colormap
