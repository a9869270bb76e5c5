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
    """The column that holds most of the edges' ends, where no binding says it."""
    ends = keys_of(edges[bindings.source].slice(0, 10_000)).unique().drop_nulls()
    best = max(
        nodes.column_names,
        key=lambda name: int(ends.is_in(keys_of(nodes[name]).unique().implode()).sum() or 0),
    )
    return str(best)


def drop_null_rows(
    table: pa.Table, columns: tuple[str, ...], name: str, repairs: list[Repair]
) -> pa.Table:
    for column in columns:
        missing = table[column].null_count
        if missing:
            table = table.filter(pc.is_valid(table[column]))
            repairs.append(
                Repair(
                    code="null-id-dropped",
                    message=f"{missing} {name} rows have no '{column}'; they are left out.",
                    table=name,
                    column=column,
                    count=missing,
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
        whole = ((series == series.floor()) & (series.abs() < 2.0**53)).fill_null(value=False)
        as_whole = series.set(~whole, None).cast(pl.Int64).cast(pl.String)
        return as_whole.zip_with(whole, series.cast(pl.String))
    return pl.Series(pl.from_arrow(values.cast(pa.string())))


def is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype))


def drop_duplicates(nodes: pa.Table, column: str, repairs: list[Repair]) -> pa.Table:
    keys = keys_of(nodes[column])
    first = keys.is_first_distinct()
    extra = int((~first).sum())
    if extra == 0:
        return nodes
    repairs.append(
        Repair(
            code="duplicate-node",
            message=f"{extra} node rows repeat an id of '{column}'; the first of each is kept.",
            table="node",
            column=column,
            count=extra,
        )
    )
    return nodes.filter(first.to_arrow())


def match_ends(
    edges: pa.Table, nodes: pa.Table, bindings: Bindings, column: str, repairs: list[Repair]
) -> tuple[pa.Table, Indices, Indices]:
    known = keys_of(nodes[column])
    source = keys_of(edges[bindings.source])
    destination = keys_of(edges[bindings.destination])
    m = len(source)
    every = pl.concat([known.rename("key"), source.rename("key"), destination.rename("key")])
    distinct = every.unique(maintain_order=True)
    table = pl.DataFrame({"key": distinct, "row": np.arange(len(distinct), dtype=np.uint32)})
    rows = (
        pl.DataFrame({"key": pl.concat([source.rename("key"), destination.rename("key")])})
        .join(table, on="key", how="left", maintain_order="left")["row"]
        .to_numpy()
    )
    added = len(distinct) - len(known)
    if added:
        nodes = append_nodes(nodes, column, edges, bindings, distinct, rows, len(known))
        if len(known):
            repairs.append(
                Repair(
                    code="node-added",
                    message=f"{added} nodes are named by edges only; they are added.",
                    table="node",
                    column=column,
                    count=added,
                )
            )
    ends = np.ascontiguousarray(rows.astype(np.uint32))
    return nodes, ends[:m].copy(), ends[m:].copy()


def append_nodes(
    nodes: pa.Table,
    column: str,
    edges: pa.Table,
    bindings: Bindings,
    distinct: pl.Series,
    rows: np.ndarray,
    known: int,
) -> pa.Table:
    """New rows hold the id as the edges wrote it, in the node column's type where that is possible."""
    added = pa.chunked_array([distinct[known:].to_arrow().cast(pa.string())])
    if nodes.num_rows == 0:
        wanted = edges[bindings.source].type
        if pa.types.is_dictionary(wanted):
            wanted = wanted.value_type
    else:
        wanted = nodes[column].type
    try:
        typed = added.cast(wanted)
        base = (
            nodes
            if nodes[column].type == wanted
            else nodes.set_column(
                nodes.column_names.index(column), column, nodes[column].cast(wanted)
            )
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        typed = added
        position = nodes.column_names.index(column)
        base = nodes.set_column(
            position,
            column,
            pa.chunked_array([keys_of(nodes[column]).to_arrow().cast(pa.string())]),
        )
    extra = pa.table(
        {
            field.name: typed if field.name == column else pa.nulls(len(typed), field.type)
            for field in base.schema
        },
        schema=base.schema.set(base.schema.get_field_index(column), pa.field(column, typed.type)),
    )
    return pa.concat_tables([base.cast(extra.schema), extra])


def with_degrees(nodes: pa.Table, source: Indices, destination: Indices) -> pa.Table:
    n = nodes.num_rows
    leaving = np.bincount(source, minlength=n).astype(np.int32)
    arriving = np.bincount(destination, minlength=n).astype(np.int32)
    derived = {
        "degree": leaving + arriving,
        "degree_in": arriving,
        "degree_out": leaving,
    }
    for name, values in derived.items():
        if name not in nodes.column_names:
            nodes = nodes.append_column(name, pa.array(values))
    return nodes
