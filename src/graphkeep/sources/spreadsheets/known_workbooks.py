"""Workbooks of Gephi and NodeXL: which sheets are nodes and edges, and what their columns bind to."""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import NamedTable

SCORE = 2.5
NODEXL_ENDS = ("vertex 1", "vertex 2")
NODEXL_NODE = "vertex"
GEPHI_ENDS = ("source", "target")
GEPHI_NODES = ("id",)
NODE_ROLES = {
    "node_title": ("label",),
    "node_size": ("size",),
    "node_x": ("x",),
    "node_y": ("y",),
    "node_color": ("color_css", "color", "colour"),
    "node_opacity": ("opacity_share",),
    "node_longitude": ("longitude", "lon", "lng"),
    "node_latitude": ("latitude", "lat"),
}
EDGE_ROLES = {
    "edge_title": ("label", "relationship"),
    "edge_weight": ("weight", "edge weight", "width"),
    "edge_color": ("color_css", "color", "colour"),
    "edge_opacity": ("opacity_share",),
}
TEXT_ROLES = {"node_title", "node_color", "edge_title", "edge_color"}
RGB = re.compile(r"\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*")


def known_workbook(
    tables: Sequence[NamedTable], repairs: list[Repair]
) -> tuple[list[NamedTable], tuple[TableInterpretation, ...]]:
    """The tables, with columns that the colors and opacities of NodeXL need, and their interpretation."""
    named = list(tables)
    edges, nodes = table_with(named, NODEXL_ENDS), table_with(named, (NODEXL_NODE,))
    if edges is not None:
        for number in {edges, edges if nodes is None else nodes}:
            named[number] = with_css(named[number])
        return named, (interpretation(named, edges, nodes, NODEXL_ENDS, NODEXL_NODE, "NodeXL"),)
    edges, nodes = table_with(named, GEPHI_ENDS), table_with(named, GEPHI_NODES, without=GEPHI_ENDS)
    if (
        edges is not None
        and nodes is not None
        and shares_ids(named[edges].table, named[nodes].table)
    ):
        return named, (interpretation(named, edges, nodes, GEPHI_ENDS, "id", "Gephi"),)
    return named, ()


def table_with(
    tables: Sequence[NamedTable], names: Sequence[str], without: Sequence[str] = ()
) -> int | None:
    for number, named in enumerate(tables):
        columns = {column.lower() for column in named.table.column_names}
        if columns.issuperset(names) and not columns & set(without) and named.table.num_rows:
            return number
    return None


def shares_ids(edges: pa.Table, nodes: pa.Table) -> bool:
    """Whether at least half of the ends are ids of nodes."""
    ids = nodes[column_named(nodes, ("id",)) or ""].cast(pa.string())
    ends = edges[column_named(edges, ("source",)) or ""].cast(pa.string()).drop_null()
    known = pc.sum(pc.is_in(ends, value_set=ids.combine_chunks())).as_py() or 0
    return bool(known * 2 >= len(ends) > 0)


def interpretation(
    tables: Sequence[NamedTable],
    edges: int,
    nodes: int | None,
    ends: Sequence[str],
    node: str,
    program: str,
) -> TableInterpretation:
    edge_table = tables[edges].table
    source, destination = (column_named(edge_table, (end,)) for end in ends)
    node_table = tables[nodes].table if nodes is not None else None
    return TableInterpretation(
        kind="edges" if node_table is None else "edges+nodes",
        label=f"{source} → {destination}"
        + ("" if nodes is None else f", nodes of '{tables[nodes].name}'"),
        reason=f"The sheets have the columns of a workbook of {program}.",
        source=source,
        destination=destination,
        node=None if node_table is None else column_named(node_table, (node,)),
        edge_tables=(edges,),
        node_tables=() if nodes is None else (nodes,),
        edge_bindings=bindings(edge_table, EDGE_ROLES),
        node_bindings={} if node_table is None else bindings(node_table, NODE_ROLES),
        score=SCORE,
    )


def bindings(table: pa.Table, roles: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Roles to columns that have values: texts for titles and colors, numbers for all else."""
    found: dict[str, str] = {}
    for role, names in roles.items():
        for name in names:
            column = column_named(table, (name,))
            if column is None or table[column].null_count == table.num_rows:
                continue
            dtype = table[column].type
            is_number = pa.types.is_integer(dtype) or pa.types.is_floating(dtype)
            if is_number or role in TEXT_ROLES:
                found[role] = column
                break
    for axes in (("node_x", "node_y"), ("node_longitude", "node_latitude")):
        if not found.keys() >= set(axes):
            for axis in axes:
                found.pop(axis, None)
    return found


def column_named(table: pa.Table, names: Sequence[str]) -> str | None:
    return next((column for column in table.column_names if column.lower() in names), None)


def with_css(named: NamedTable) -> NamedTable:
    """With `Color_css` and `Opacity_share`, as NodeXL writes `255, 0, 0` or `Dark Blue`, and 0 to 100."""
    table = named.table
    color = column_named(table, ("color",))
    if color is not None and pa.types.is_string(table[color].type):
        texts = [css_color(text) for text in table[color].to_pylist()]
        table = table.append_column(f"{color}_css", pa.array(texts, pa.string()))
    opacity = column_named(table, ("opacity",))
    if opacity is not None and table[opacity].null_count < len(table):
        dtype = table[opacity].type
        if pa.types.is_integer(dtype) or pa.types.is_floating(dtype):
            shares = pc.divide(table[opacity].cast(pa.float64()), 100.0)
            table = table.append_column(f"{opacity}_share", shares)
    return NamedTable(name=named.name, table=table)


def css_color(text: str | None) -> str | None:
    if text is None:
        return None
    match = RGB.fullmatch(text)
    if match is None:
        return text.replace(" ", "")
    return "#" + "".join(f"{min(255, int(part)):02x}" for part in match.groups())
