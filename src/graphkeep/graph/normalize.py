"""bind(edges, nodes, bindings): one dense index for each node id, whatever its type was."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.graph import Graph, Indices
from graphkeep.graph.repairs import Repair


@dataclass(frozen=True, kw_only=True)
class BoundGraph:
    graph: Graph
    repairs: tuple[Repair, ...]


def bind(edges: pa.Table, nodes: pa.Table | None, bindings: Bindings) -> BoundGraph:
    """A graph in which both ends of every edge are rows of the nodes table, once each.

    Ids are matched by value across types: the integer 1, the float 1.0 and the text "1" are one
    node. Edges without an end and nodes without an id are left out, of nodes with one id the first
    is kept, and nodes that only edges name are added; each of these is a repair.

    Raises:
        UnknownColumnError: source, destination or node names a column that does not exist.
    """
    repairs = list(bindings.check(edges=edges, nodes=nodes))
    edges = drop_null_rows(edges, (bindings.source, bindings.destination), "edge", repairs)
    if nodes is None or nodes.num_columns == 0:
        nodes = pa.table({bindings.node or "id": pa.array([], pa.string())})
        synthesized = True
    else:
        synthesized = False
        if bindings.node is None:
            bindings = replace(bindings, node=guess_node_column(nodes, edges, bindings))
    column = bindings.node or "id"
    nodes = drop_null_rows(nodes, (column,), "node", repairs)
    nodes = drop_duplicates(nodes, column, repairs)
    nodes, source, destination = match_ends(
        edges, nodes, bindings, column, repairs if not synthesized else []
    )
    bindings = replace(bindings, node=column)
    nodes = with_degrees(nodes, source, destination)
    graph = Graph(
        nodes=nodes,
        edges=edges,
        bindings=bindings,
        source_index=source,
        destination_index=destination,
    )
    return BoundGraph(graph=graph, repairs=tuple(repairs))


def guess_node_column(nodes: pa.Table, edges: pa.Table, bindings: Bindings) -> str:
    """The column that holds most of the edges' ends, if no binding names one."""
    edge_ids = keys_of(edges[bindings.source].slice(0, 10_000)).unique().drop_nulls()
    column = max(
        nodes.column_names,
        key=lambda name: int(edge_ids.is_in(keys_of(nodes[name]).unique().implode()).sum() or 0),
    )
    return str(column)


def drop_null_rows(
    table: pa.Table, columns: tuple[str, ...], name: str, repairs: list[Repair]
) -> pa.Table:
    for column in columns:
        null_count = table[column].null_count
        if null_count:
            table = table.filter(pc.is_valid(table[column]))
            repairs.append(
                Repair(
                    code="null-id-dropped",
                    message=f"{null_count} {name} rows have no '{column}'; they are left out.",
                    table=name,
                    column=column,
                    count=null_count,
                )
            )
    return table


def keys_of(values: pa.ChunkedArray) -> pl.Series:
    """Ids as text that compare by value: 1, 1.0 and "1" are all "1"."""
    dtype = values.type
    if pa.types.is_dictionary(dtype):
        values = values.cast(dtype.value_type)
        dtype = values.type
    series = pl.Series(pl.from_arrow(values)) if not is_text(dtype) else None
    if series is None:
        return pl.Series(pl.from_arrow(values)).cast(pl.String)
    if pa.types.is_integer(dtype):
        return series.cast(pl.String)
    if pa.types.is_floating(dtype):
        is_whole = ((series == series.floor()) & (series.abs() < 2.0**53)).fill_null(value=False)
        integer_text = series.set(~is_whole, None).cast(pl.Int64).cast(pl.String)
        return integer_text.zip_with(is_whole, series.cast(pl.String))
    return pl.Series(pl.from_arrow(values.cast(pa.string())))


def is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype))


def drop_duplicates(nodes: pa.Table, column: str, repairs: list[Repair]) -> pa.Table:
    keys = keys_of(nodes[column])
    is_first = keys.is_first_distinct()
    duplicate_count = int((~is_first).sum())
    if duplicate_count == 0:
        return nodes
    repairs.append(
        Repair(
            code="duplicate-node",
            message=f"{duplicate_count} node rows repeat an id of '{column}'; the first of each is kept.",
            table="node",
            column=column,
            count=duplicate_count,
        )
    )
    return nodes.filter(is_first.to_arrow())


def match_ends(
    edges: pa.Table, nodes: pa.Table, bindings: Bindings, column: str, repairs: list[Repair]
) -> tuple[pa.Table, Indices, Indices]:
    node_ids = keys_of(nodes[column])
    source = keys_of(edges[bindings.source])
    destination = keys_of(edges[bindings.destination])
    edge_count = len(source)
    all_ids = pl.concat([node_ids.rename("key"), source.rename("key"), destination.rename("key")])
    distinct_ids = all_ids.unique(maintain_order=True)
    table = pl.DataFrame(
        {"key": distinct_ids, "row": np.arange(len(distinct_ids), dtype=np.uint32)}
    )
    rows = (
        pl.DataFrame({"key": pl.concat([source.rename("key"), destination.rename("key")])})
        .join(table, on="key", how="left", maintain_order="left")["row"]
        .to_numpy()
    )
    added_count = len(distinct_ids) - len(node_ids)
    if added_count:
        nodes = append_nodes(nodes, column, edges, bindings, distinct_ids, rows, len(node_ids))
        if len(node_ids):
            repairs.append(
                Repair(
                    code="node-added",
                    message=f"{added_count} nodes are named by edges only; they are added.",
                    table="node",
                    column=column,
                    count=added_count,
                )
            )
    end_rows = np.ascontiguousarray(rows.astype(np.uint32))
    return nodes, end_rows[:edge_count].copy(), end_rows[edge_count:].copy()


def append_nodes(
    nodes: pa.Table,
    column: str,
    edges: pa.Table,
    bindings: Bindings,
    distinct: pl.Series,
    rows: np.ndarray,
    known: int,
) -> pa.Table:
    """Append rows for new ids as the edges wrote them, in the node column's type if possible."""
    new_ids = pa.chunked_array([distinct[known:].to_arrow().cast(pa.string())])
    if nodes.num_rows == 0:
        id_type = edges[bindings.source].type
        if pa.types.is_dictionary(id_type):
            id_type = id_type.value_type
    else:
        id_type = nodes[column].type
    try:
        typed_ids = cast_exactly(new_ids, id_type)
        existing = (
            nodes
            if nodes[column].type == id_type
            else nodes.set_column(
                nodes.column_names.index(column), column, nodes[column].cast(id_type)
            )
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        typed_ids = new_ids
        position = nodes.column_names.index(column)
        existing = nodes.set_column(
            position,
            column,
            pa.chunked_array([keys_of(nodes[column]).to_arrow().cast(pa.string())]),
        )
    new_nodes = pa.table(
        {
            field.name: typed_ids if field.name == column else pa.nulls(len(typed_ids), field.type)
            for field in existing.schema
        },
        schema=existing.schema.set(
            existing.schema.get_field_index(column), pa.field(column, typed_ids.type)
        ),
    )
    return pa.concat_tables([existing.cast(new_nodes.schema), new_nodes])


def cast_exactly(ids: pa.ChunkedArray, id_type: pa.DataType) -> pa.ChunkedArray:
    """The ids in another type.

    Raises:
        pa.ArrowInvalid: a text is not the one of its value: "00" is not 0.
    """
    typed_ids = ids.cast(id_type)
    if not keys_of(typed_ids).equals(keys_of(ids), null_equal=True):
        raise pa.ArrowInvalid("A text is not the one of its value.")
    return typed_ids


def with_degrees(nodes: pa.Table, source: Indices, destination: Indices) -> pa.Table:
    node_count = nodes.num_rows
    out_degree = np.bincount(source, minlength=node_count).astype(np.int32)
    in_degree = np.bincount(destination, minlength=node_count).astype(np.int32)
    degrees = {
        "degree": out_degree + in_degree,
        "degree_in": in_degree,
        "degree_out": out_degree,
    }
    for name, values in degrees.items():
        if name not in nodes.column_names:
            nodes = nodes.append_column(name, pa.array(values))
    return nodes
