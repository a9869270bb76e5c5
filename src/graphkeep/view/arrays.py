"""The arrays of a picture: one declaration, against which the reference page and the encoder are tested."""

from dataclasses import dataclass
from typing import Literal

Rows = Literal["nodes", "edges", "badges", "titles"]


@dataclass(frozen=True, kw_only=True)
class ArraySpec:
    """`width` is the number of values of one row, 0 for an array of one dimension."""

    name: str
    dtype: Literal["float32", "uint8", "uint16", "uint32"]
    rows: Rows
    width: int = 0
    is_optional: bool = False
    meaning: str

    @property
    def shape(self) -> str:
        symbol = {"nodes": "n", "edges": "m", "badges": "b", "titles": "t"}[self.rows]
        return f"({symbol}, {self.width})" if self.width else f"({symbol},)"


POSITION = ArraySpec(
    name="position", dtype="float32", rows="nodes", width=2,
    meaning="x and y of each node, y up, in the layout's units",
)  # fmt: skip
VIEW_ARRAYS = (
    POSITION,
    ArraySpec(
        name="node_color", dtype="uint8", rows="nodes", width=4,
        meaning="sRGB and alpha",
    ),
    ArraySpec(
        name="node_size", dtype="float32", rows="nodes",
        meaning="diameter in px while the whole graph fits the window",
    ),
    ArraySpec(
        name="node_opacity", dtype="uint8", rows="nodes", is_optional=True,
        meaning="0 is transparent, 255 opaque",
    ),
    ArraySpec(
        name="node_icon", dtype="uint16", rows="nodes", is_optional=True,
        meaning="0 for none, else 1 + the index in the header's `icons`",
    ),
    ArraySpec(
        name="badge", dtype="uint32", rows="badges", width=3, is_optional=True,
        meaning="row of the node, 1 + index in `icons`, index of the corner: TopRight, TopLeft, Top, Left, Right, "
        "BottomLeft, Bottom, BottomRight, Cover",
    ),
    ArraySpec(
        name="edge_ends", dtype="uint32", rows="edges", width=2,
        meaning="rows of the source and the destination node",
    ),
    ArraySpec(
        name="edge_row", dtype="uint32", rows="edges",
        meaning="row of the edges table: edges are in a seeded random order, so that any prefix is a fair sample",
    ),
    ArraySpec(
        name="edge_color", dtype="uint8", rows="edges", width=4, is_optional=True,
        meaning="sRGB and alpha, at the source where both ends differ; without it, the blended colors of both nodes",
    ),
    ArraySpec(
        name="edge_color_destination", dtype="uint8", rows="edges", width=4, is_optional=True,
        meaning="sRGB and alpha at the destination",
    ),
    ArraySpec(
        name="edge_width", dtype="float32", rows="edges", is_optional=True,
        meaning="px",
    ),
    ArraySpec(
        name="edge_opacity", dtype="uint8", rows="edges", is_optional=True,
        meaning="0 is transparent, 255 opaque",
    ),
    ArraySpec(
        name="edge_curve", dtype="float32", rows="edges", is_optional=True,
        meaning="bend as a fraction of the length, with a sign for the side; there if edges are parallel or loops",
    ),
    ArraySpec(
        name="importance", dtype="uint32", rows="titles",
        meaning="rows of at most 2,000 nodes, the most important first: the order of labels and of the header's `titles`",
    ),
)  # fmt: skip


def markdown_table() -> str:
    """The table of docs/reference/view-arrays.md."""
    lines = ["| array | dtype | shape | meaning |", "| --- | --- | --- | --- |"]
    for spec in VIEW_ARRAYS:
        name = f"`{spec.name}`" + (" (optional)" if spec.is_optional else "")
        lines.append(f"| {name} | {spec.dtype} | {spec.shape} | {spec.meaning} |")
    return "\n".join(lines)
