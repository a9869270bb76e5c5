"""bind(edges, nodes, bindings): one dense index for each node id, whatever its type was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pyarrow as pa

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.graph import Graph, Indices
from graphkeep.graph.identity import (
    common_spelling,
    doubtful_digits,
    drop_missing_ids,
    keys_of,
    location_of,
    placeholder_repairs,
)
from graphkeep.graph.repairs import Repair

WHOLE_TYPES = (pa.int64(), pa.uint64())


@dataclass(frozen=True, kw_only=True)
class BoundGraph:
    graph: Graph
    repairs: tuple[Repair, ...]


def bind(edges: pa.Table, nodes: pa.Table | None, bindings: Bindings) -> BoundGraph:
    """A graph in which both ends of every edge are rows of the nodes table, once each.

    Ids are matched by value across types: the integer 1, the float 1.0 and the text "1" are one
    node. Null, NaN and blank texts are no ids. Edges without an end and nodes without an id are left
    out, of nodes with one id the first is kept, and nodes that only edges name are added; each of these
    is a repair.

    Raises:
        UnknownColumnError: source, destination or node names a column that does not exist.
    """
    repairs = list(bindings.check(edges=edges, nodes=nodes))
    ends = (bindings.source, bindings.destination)
    edges = drop_missing_ids(edges, ends, "edge", repairs)
    for end in dict.fromkeys(ends):
        repairs.extend(doubtful_digits(edges[end], "edge", end))
    if nodes is None or nodes.num_columns == 0:
        nodes = pa.table({bindings.node or "id": pa.array([], pa.string())})
    elif bindings.node is None:
        bindings = replace(bindings, node=guess_node_column(nodes, edges, bindings))
    column = bindings.node or "id"
    nodes = drop_missing_ids(nodes, (column,), "node", repairs)
    doubts = doubtful_digits(nodes[column], "node", column)
    repairs.extend(doubts)
    if doubts:
        nodes = with_whole_ids(nodes, column)
    keys = common_spelling(
        [keys_of(nodes[column]), *(keys_of(edges[end]) for end in ends)], [column, *ends], repairs
    )
    nodes, keys[0] = drop_duplicates(nodes, column, keys[0], repairs)
    nodes, source, destination = match_ends(edges, nodes, bindings, column, keys, repairs)
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


def with_whole_ids(nodes: pa.Table, column: str) -> pa.Table:
    """The nodes with integers as ids where these are floats and all of them are whole."""
    for id_type in WHOLE_TYPES:
        try:
            ids = nodes[column].cast(id_type)
        except pa.ArrowInvalid:
            continue
        return nodes.set_column(nodes.column_names.index(column), column, ids)
    return nodes


def drop_duplicates(
    nodes: pa.Table, column: str, keys: pl.Series, repairs: list[Repair]
) -> tuple[pa.Table, pl.Series]:
    """The first node of each key, and their keys."""
    is_first = keys.is_first_distinct()
    duplicate_count = int((~is_first).sum())
    if duplicate_count == 0:
        return nodes, keys
    where, lines = location_of(nodes, np.flatnonzero((~is_first).to_numpy()))
    repairs.append(
        Repair(
            code="duplicate-node",
            message=f"{duplicate_count} node rows repeat an id of '{column}' ({where}); the first row of each id is used.",
            table="node",
            column=column,
            count=duplicate_count,
            lines=lines,
        )
    )
    return nodes.filter(is_first.to_arrow()), keys.filter(is_first)


def match_ends(
    edges: pa.Table,
    nodes: pa.Table,
    bindings: Bindings,
    column: str,
    keys: Sequence[pl.Series],
    repairs: list[Repair],
) -> tuple[pa.Table, Indices, Indices]:
    """The nodes with those that only edges name, and the node rows of the edges' ends.

    `keys` are those of the nodes, the sources and the destinations.
    """
    node_ids, source, destination = keys
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
    ends = tuple(dict.fromkeys((bindings.source, bindings.destination)))
    repairs.extend(placeholder_repairs(edges, ends, "edge", distinct_ids))
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
    position = nodes.column_names.index(column)
    for id_type in id_types(nodes, column, edges, bindings):
        try:
            typed_ids = cast_exactly(new_ids, id_type)
            existing = nodes.set_column(position, column, nodes[column].cast(id_type))
            break
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
    else:
        typed_ids = new_ids
        texts = pa.chunked_array([keys_of(nodes[column]).to_arrow().cast(pa.string())])
        existing = nodes.set_column(position, column, texts)
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


def id_types(
    nodes: pa.Table, column: str, edges: pa.Table, bindings: Bindings
) -> list[pa.DataType]:
    """The types that ids may have, the best first: that of the nodes, or whole numbers before floats."""
    types = (
        [nodes[column].type]
        if nodes.num_rows
        else [edges[bindings.source].type, edges[bindings.destination].type]
    )
    types = [each.value_type if pa.types.is_dictionary(each) else each for each in types]
    if not any(map(pa.types.is_floating, types)):
        return types[:1]
    return [*types[:1], *WHOLE_TYPES] if nodes.num_rows else [*WHOLE_TYPES, *types[:1]]


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
