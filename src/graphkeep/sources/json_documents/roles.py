"""Which columns of nodes and edges play a role, by the names that programs give them and by their values."""

import re
from collections.abc import Callable, Mapping

import pyarrow as pa

from graphkeep.graph.columns import is_number

COLOR = re.compile(r"#[0-9a-fA-F]{3,8}|(?:rgb|rgba|hsl|hsla)\([\d\s.,%/]+\)")


def has_numbers(values: pa.ChunkedArray) -> bool:
    return is_number(values.type) and values.null_count < len(values)


def has_colors(values: pa.ChunkedArray) -> bool:
    if not pa.types.is_string(values.type):
        return False
    colors = [value for value in values.slice(0, 100).to_pylist() if value is not None]
    return bool(colors) and all(COLOR.fullmatch(color.strip()) for color in colors)


Role = tuple[tuple[str, ...], Callable[[pa.ChunkedArray], bool]]

NODE_ROLES: Mapping[str, Role] = {
    "node_color": (("color", "colour", "fill", "color.background", "viz.color"), has_colors),
    "node_size": (("size", "radius", "viz.size"), has_numbers),
    "node_x": (("x", "position.x", "pos.x", "viz.position.x"), has_numbers),
    "node_y": (("y", "position.y", "pos.y", "viz.position.y"), has_numbers),
    "node_longitude": (("longitude", "lon", "lng", "long"), has_numbers),
    "node_latitude": (("latitude", "lat"), has_numbers),
    "node_weight": (("weight",), has_numbers),
}
EDGE_ROLES: Mapping[str, Role] = {
    "edge_weight": (("weight", "value", "w", "width"), has_numbers),
    "edge_color": (("color", "colour", "stroke", "color.color"), has_colors),
    "edge_label": (
        ("label", "name", "title", "relation"),
        lambda values: values.null_count < len(values),
    ),
}
PAIRED = (("node_x", "node_y"), ("node_longitude", "node_latitude"))


def bind_roles(table: pa.Table, roles: Mapping[str, Role]) -> dict[str, str]:
    """The columns of these roles, by the first name that the table has with values that fit."""
    bindings: dict[str, str] = {}
    names = {name.lower(): name for name in reversed(table.column_names)}
    for role, (candidates, fits) in roles.items():
        for candidate in candidates:
            column = names.get(candidate)
            if column is not None and fits(table[column]):
                bindings[role] = column
                break
    for first, second in PAIRED:
        if (first in bindings) != (second in bindings):
            bindings.pop(first, None)
            bindings.pop(second, None)
    return bindings
