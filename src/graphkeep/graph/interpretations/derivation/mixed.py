"""Nodes and edges of a table that holds both."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.errors import UserInputError
from graphkeep.graph.interpretations.derivation.derived_tables import (
    DerivedTables,
    check_columns,
)
from graphkeep.graph.interpretations.interpretation import TableInterpretation


def derive_mixed(reading: TableInterpretation, table: pa.Table) -> DerivedTables:
    """Rows with both ends as edges, rows with an id as nodes, each with the columns that they fill."""
    if not (reading.source and reading.destination and reading.node):
        raise UserInputError("Choose the columns of the source, the destination and the node id.")
    check_columns(table, [reading.source, reading.destination, reading.node])
    has_ends = pc.and_(is_filled(table[reading.source]), is_filled(table[reading.destination]))
    edges = without_empty_columns(
        table.filter(has_ends), keep=(reading.source, reading.destination)
    )
    nodes = without_empty_columns(
        table.filter(is_filled(table[reading.node])), keep=(reading.node,)
    )
    return DerivedTables(
        edges=edges, nodes=nodes, source=reading.source, destination=reading.destination, node=reading.node,
        edge_bindings={role: name for role, name in reading.edge_bindings.items() if name in edges.column_names},
        node_bindings={role: name for role, name in reading.node_bindings.items() if name in nodes.column_names},
    )  # fmt: skip


def is_filled(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bool (rows,): neither null nor blank."""
    if not pa.types.is_string(values.type):
        return pc.is_valid(values)
    return pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(values), ""), fill_value=False)


def without_empty_columns(table: pa.Table, *, keep: Sequence[str]) -> pa.Table:
    names = [
        name
        for name in table.column_names
        if name in keep or table[name].null_count < table.num_rows
    ]
    return table.select(names)
