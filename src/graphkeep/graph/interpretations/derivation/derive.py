"""Derive the edge and node tables that an interpretation means, where these are not tables of the file itself."""

from collections.abc import Sequence

import pyarrow as pa

from graphkeep.graph.errors import UserInputError
from graphkeep.graph.interpretations.derivation.derived_tables import (
    DerivedTables,
)
from graphkeep.graph.interpretations.derivation.lists import (
    derive_adjacency,
    derive_lists,
    derive_nodes,
)
from graphkeep.graph.interpretations.derivation.matrix import derive_matrix
from graphkeep.graph.interpretations.derivation.mixed import derive_mixed
from graphkeep.graph.interpretations.interpretation import TableInterpretation

DERIVED_KINDS = frozenset({"nodes", "matrix", "lists", "adjacency"})


def needs_derived_tables(reading: TableInterpretation) -> bool:
    """Whether the reading's edges and nodes are not rows of the tables as they are."""
    is_mixed = reading.kind == "edges+nodes" and set(reading.edge_tables) & set(reading.node_tables)
    return reading.kind in DERIVED_KINDS or bool(is_mixed)


def derive(reading: TableInterpretation, tables: Sequence[pa.Table]) -> DerivedTables:
    """The edges and nodes of a reading; `tables` are all tables by number.

    Raises:
        UnknownColumnError: the reading names a column that its tables do not have.
        UserInputError: it makes more edges than this server derives, or its kind needs no derived tables.
    """
    if reading.kind == "nodes":
        return derive_nodes(reading, joined(tables, reading.node_tables))
    table = joined(tables, reading.edge_tables)
    if reading.kind == "matrix":
        return derive_matrix(reading, table)
    if reading.kind == "lists":
        return derive_lists(reading, table)
    if reading.kind == "adjacency":
        return derive_adjacency(reading, table)
    if reading.kind == "edges+nodes":
        return derive_mixed(reading, table)
    raise UserInputError(f"A reading of the kind {reading.kind} uses the tables as they are.")


def joined(tables: Sequence[pa.Table], indices: Sequence[int]) -> pa.Table:
    """Tables one after the other as one.

    Raises:
        UserInputError: there is no such table, or their columns have types that do not agree.
    """
    for index in indices:
        if index >= len(tables):
            raise UserInputError(f"There are {len(tables)} tables, not {index + 1}.")
    parts = [tables[index] for index in indices]
    if not parts:
        raise UserInputError("The reading names no table.")
    if len(parts) == 1:
        return parts[0]
    try:
        return pa.concat_tables(parts, promote_options="permissive")
    except pa.ArrowException as error:
        raise UserInputError(f"These tables do not go together as one: {error}") from error
