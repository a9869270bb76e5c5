"""Requests that read files as a graph."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from graphkeep.api.v2.requests.fields import Fields
from graphkeep.datasets.operations.readings.reading_files import MAX_FILES
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.interpretations.interpretation import KINDS, TableInterpretation

ROLES = tuple(field.name for field in fields(Bindings) if "_" in field.name)
MAX_COLUMNS = 20_000
MAX_TABLES = 10_000
MAX_SEPARATOR = 10


@dataclass(frozen=True, kw_only=True)
class ReadingRequest:
    """How files are read as a graph, the other files, and the dataset whose data it replaces.

    `parser_options`: the file is parsed with them first; None leaves it as it is.
    """

    reading: TableInterpretation
    dataset_id: str
    others: tuple[str, ...] = ()
    parser_options: Mapping[str, Any] | None = None

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "ReadingRequest":
        """Raises UserInputError: a field is of the wrong kind, or a column that the reading needs is not chosen."""
        body_fields = Fields(body)
        options = body_fields.mapping("parser_options") if "parser_options" in body_fields else None
        return cls(
            reading=reading_of(body_fields.fields("reading")),
            dataset_id=body_fields.text("dataset_id", max_length=100),
            others=other_files(body_fields.texts("with") or ()),
            parser_options=options,
        )


def other_files(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of further files, each once.

    Raises:
        UserInputError: there are too many.
    """
    if len(ids) >= MAX_FILES:
        raise UserInputError(f"At most {MAX_FILES} files are read together.")
    return tuple(dict.fromkeys(ids))


def reading_of(reading: Fields) -> TableInterpretation:
    kind = reading.choice("kind", KINDS, "edges")
    node = reading.text("node")
    if kind == "edges" and node:
        kind = "edges+nodes"
    parsed = TableInterpretation(
        kind=kind,  # type: ignore[arg-type]
        label=reading.text("label", max_length=500),
        source=reading.text("source") or None,
        destination=reading.text("destination") or None,
        node=node or None,
        columns=columns_of(reading),
        edge_tables=() if kind == "nodes" else table_numbers(reading, "edge_tables", "edge_table"),
        node_tables=table_numbers(reading, "node_tables", "node_table") if uses_nodes(kind) else (),
        edge_bindings=bindings_of(reading, "edge_bindings", "edge_"),
        node_bindings=bindings_of(reading, "node_bindings", "node_"),
        separator=reading.text("separator", max_length=MAX_SEPARATOR),
        threshold=threshold_of(reading),
        is_undirected=reading.flag("is_undirected"),
        is_direct=reading.flag("direct"),
        is_header_row=reading.flag("is_header_row"),
        time=reading.text("time") or None,
    )
    check_chosen(parsed)
    return parsed


def uses_nodes(kind: str) -> bool:
    return kind in {"edges+nodes", "nodes"}


def check_chosen(reading: TableInterpretation) -> None:
    """Raises UserInputError: a column that the kind needs is not chosen."""
    if reading.kind in {"edges", "edges+nodes"}:
        if not reading.source or not reading.destination:
            raise UserInputError("Choose the columns that hold each edge's source and destination.")
        if reading.kind == "edges+nodes" and not reading.node:
            raise UserInputError("Choose the column that holds the id of each node.")
    if reading.kind == "hypergraph" and not reading.columns:
        raise UserInputError("Choose at least one column whose values become nodes.")
    if reading.kind == "lists" and not reading.destination:
        raise UserInputError("Choose the column whose cells hold several values.")


def columns_of(reading: Fields) -> tuple[str, ...]:
    columns = reading.texts("columns") or ()
    if len(columns) > MAX_COLUMNS:
        raise UserInputError(
            f"{reading.name_of('columns')} may have at most {MAX_COLUMNS} entries."
        )
    return columns


def table_numbers(reading: Fields, name: str, single: str) -> tuple[int, ...]:
    """Numbers of tables, from 0; a client that knows one table sends `single`."""
    values = reading.items(name, max_count=MAX_TABLES)
    if not values:
        return (max(0, reading.integer(single) or 0),)
    if not all(
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_TABLES
        for value in values
    ):
        raise UserInputError(f"{reading.name_of(name)} must be a list of table numbers, from 0.")
    return tuple(dict.fromkeys(values))


def bindings_of(reading: Fields, name: str, prefix: str) -> dict[str, str]:
    """Roles of `graph.bindings` to columns; a null or empty column leaves a role unbound."""
    known = [role for role in ROLES if role.startswith(prefix)]
    bindings = {}
    for role, column in reading.mapping(name).items():
        if role not in known:
            raise UserInputError(
                f"{reading.name_of(name)} has the role '{role[:40]}', which is not one of {', '.join(known)}."
            )
        if column is not None and not isinstance(column, str):
            raise UserInputError(f"{reading.name_of(name)}.{role} must be the name of a column.")
        if column:
            bindings[role] = column
    return bindings


def threshold_of(reading: Fields) -> float | None:
    value = reading.any("threshold")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise UserInputError(f"{reading.name_of('threshold')} must be a number, 0 or more.")
    return float(value)
