"""Rows as events: each event is tied to the entities that its columns name.

Names and defaults are those of PyGraphistry's `hypergraph`, so that either side may transform.
"""

from collections.abc import Sequence
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.free_names import free_name
from graphkeep.graph.identity import keys_of, missing_ids

DELIMITER = "::"
EVENT = "EventID"


def hypergraph(
    table: pa.Table, columns: Sequence[str], *, direct: bool = False, drop_na: bool = True
) -> tuple[pa.Table, pa.Table, Bindings]:
    """Edges, nodes and bindings of a table read as events.

    An entity's id is `column::value`, its title the value, its type the column. With `direct`, the
    entities of a row are joined to one another and events do not appear.

    Raises:
        UnknownColumnError: a column is not there.
        UserInputError: no column is chosen, or only one for a direct hypergraph.
    """
    names = list(dict.fromkeys(columns))
    for column in names:
        if column not in table.column_names:
            raise UnknownColumnError(column, table.column_names)
    if len(names) < (2 if direct else 1):
        minimum = "two columns" if direct else "one column"
        raise UserInputError(f"Choose at least {minimum} whose values become nodes.")
    texts = {column: as_text(table[column], drop_na=drop_na) for column in names}
    ids = {
        column: pc.binary_join_element_wise(column + DELIMITER, text, "")
        for column, text in texts.items()
    }
    entities = pa.concat_tables(
        [
            pa.table(
                {
                    "nodeID": ids[column],
                    "nodeTitle": texts[column],
                    "type": pa.repeat(column, table.num_rows),
                    "category": pa.repeat(column, table.num_rows),
                }
            )
            for column in names
        ]
    )
    entities = entities.filter(pc.is_valid(entities["nodeID"]))
    entities = entities.group_by("nodeID", use_threads=False).aggregate(
        [("nodeTitle", "first"), ("type", "first"), ("category", "first")]
    )
    entities = entities.rename_columns(["nodeID", "nodeTitle", "type", "category"])
    if direct:
        edges = direct_edges(table, ids, names)
        return edges, entities, bindings("source", "destination")
    event = free_name(EVENT, table.column_names)  # Windows event logs have an EventID of their own
    event_ids = pc.binary_join_element_wise(
        event + DELIMITER, pa.array(range(table.num_rows)).cast(pa.string()), ""
    )
    events = pa.table(
        {
            "nodeID": event_ids,
            "nodeTitle": event_ids,
            "type": pa.repeat(event, table.num_rows),
            "category": pa.repeat("event", table.num_rows),
        }
    )
    attribute = free_name("attribID", table.column_names)
    edges = pa.concat_tables(
        [
            table.append_column(attribute, ids[column])
            .append_column(event, event_ids)
            .append_column(
                free_name("edgeType", table.column_names), pa.repeat(column, table.num_rows)
            )
            for column in names
        ]
    )
    edges = edges.filter(pc.is_valid(edges[attribute]))
    return edges, pa.concat_tables([entities, events]), bindings(attribute, event)


def bindings(source: str, destination: str) -> Bindings:
    return Bindings(source=source, destination=destination, node="nodeID", node_title="nodeTitle")


def direct_edges(table: pa.Table, ids: dict[str, pa.ChunkedArray], chosen: list[str]) -> pa.Table:
    reserved = {"source", "destination", "edgeType"} & set(table.column_names)
    attributes = table.drop_columns(list(reserved)) if reserved else table
    parts = [
        attributes.append_column("source", ids[first])
        .append_column("destination", ids[second])
        .append_column("edgeType", pa.repeat(f"{first}{DELIMITER}{second}", table.num_rows))
        for first, second in combinations(chosen, 2)
    ]
    edges = pa.concat_tables(parts)
    is_complete = pc.and_(pc.is_valid(edges["source"]), pc.is_valid(edges["destination"]))
    return edges.filter(is_complete)


def as_text(column: pa.ChunkedArray, *, drop_na: bool) -> pa.ChunkedArray:
    """Texts of values; blank ones and NaN count as missing."""
    if pa.types.is_floating(column.type):  # whole floats as their integers: 7e17 has all its digits
        text = pa.chunked_array([keys_of(column).to_arrow().cast(pa.string())])
        text = pc.if_else(missing_ids(column), pa.scalar(None, pa.string()), text)
    else:
        try:
            text = column.cast(pa.string())
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            texts = [None if value is None else str(value) for value in column.to_pylist()]
            text = pa.chunked_array([pa.array(texts, pa.string())])
    return pc.if_else(missing_ids(text), pa.scalar(None if drop_na else "null", pa.string()), text)
