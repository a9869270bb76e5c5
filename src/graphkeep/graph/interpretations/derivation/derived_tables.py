"""Edges and nodes derived from a table, and what all kinds of derivation share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from graphkeep.graph.errors import UnknownColumnError
from graphkeep.graph.identity import keys_of
from graphkeep.graph.repairs import Repair

SOURCE, DESTINATION, WEIGHT, ROW, VALUE_DELIMITER = "source", "destination", "weight", "row", "::"
MAX_EDGES = 20_000_000


@dataclass(frozen=True, kw_only=True)
class DerivedTables:
    """Tables of edges and nodes with the columns that are bound; `nodes` None: only edges name the nodes."""

    edges: pa.Table
    nodes: pa.Table | None
    source: str
    destination: str
    node: str | None
    edge_bindings: dict[str, str] = field(default_factory=dict)
    node_bindings: dict[str, str] = field(default_factory=dict)
    repairs: tuple[Repair, ...] = ()


def check_columns(table: pa.Table, columns: Sequence[str | None]) -> None:
    for column in columns:
        if column and column not in table.column_names:
            raise UnknownColumnError(column, table.column_names)


def texts_of(values: pa.ChunkedArray) -> list[str | None]:
    """Values as ids, None for blanks."""
    return [
        text.strip() or None if text is not None else None for text in keys_of(values).to_list()
    ]


def edges_of(sources: Sequence[str], destinations: Sequence[str], **more: pa.Array) -> pa.Table:
    return pa.table(
        {
            SOURCE: pa.array(sources, pa.string()),
            DESTINATION: pa.array(destinations, pa.string()),
            **more,
        }
    )


def with_row_numbers(table: pa.Table) -> tuple[pa.Table, str]:
    """The table with a column that numbers its rows from 1, and the name of that column."""
    name = ROW
    while name in table.column_names:
        name += "_"
    numbers = pa.array(np.arange(1, table.num_rows + 1).astype(str), pa.string())
    return table.append_column(name, numbers), name


def as_text(table: pa.Table, column: str) -> pa.Table:
    texts = pa.chunked_array([keys_of(table[column]).to_arrow().cast(pa.string())])
    return table.set_column(table.column_names.index(column), column, texts)
