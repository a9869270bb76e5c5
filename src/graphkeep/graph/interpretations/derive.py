"""Derive the edge and node tables that an interpretation means, where these are not tables of the file itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.identity import keys_of
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.lists import split_cell
from graphkeep.graph.interpretations.matrices import cells_of
from graphkeep.graph.repairs import Repair

DERIVED_KINDS = frozenset({"nodes", "matrix", "lists", "adjacency"})
SOURCE, DESTINATION, WEIGHT, ROW, VALUE_DELIMITER = "source", "destination", "weight", "row", "::"
MAX_CELLS = 50_000_000
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


def derive_nodes(reading: TableInterpretation, table: pa.Table) -> DerivedTables:
    """A node for each row; with `columns`, a node for each of their values and an edge from each row to it."""
    check_columns(table, [reading.node, *reading.columns])
    node = reading.node or ""
    if not node:
        table, node = with_row_numbers(table)
    bindings = dict(reading.node_bindings)
    if not reading.columns:
        edges = edges_of([], [])
        return DerivedTables(
            edges=edges,
            nodes=table,
            source=SOURCE,
            destination=DESTINATION,
            node=node,
            node_bindings=bindings,
        )
    ids = texts_of(table[node])
    sources: list[str] = []
    destinations: list[str] = []
    columns: list[str] = []
    for column in reading.columns:
        for row_id, value in zip(ids, texts_of(table[column]), strict=True):
            if row_id is not None and value is not None:
                sources.append(row_id)
                destinations.append(f"{column}{VALUE_DELIMITER}{value}")
                columns.append(column)
    values = list(dict.fromkeys(zip(destinations, columns, strict=True)))
    title = bindings.get("node_title", node)
    added = pa.table({node: [value for value, _ in values]})
    if title != node:
        names = [value.split(VALUE_DELIMITER, 1)[1] for value, _ in values]
        added = added.append_column(title, pa.array(names, pa.string()))
        table = as_text(table, title)
    nodes = pa.concat_tables([as_text(table, node), added], promote_options="permissive")
    edges = edges_of(sources, destinations, type=pa.array(columns, pa.string()))
    return DerivedTables(
        edges=edges, nodes=nodes, source=SOURCE, destination=DESTINATION, node=node,
        edge_bindings={"edge_title": "type", "edge_label": "type"}, node_bindings=bindings,
    )  # fmt: skip


def as_text(table: pa.Table, column: str) -> pa.Table:
    texts = pa.chunked_array([keys_of(table[column]).to_arrow().cast(pa.string())])
    return table.set_column(table.column_names.index(column), column, texts)


def derive_matrix(reading: TableInterpretation, table: pa.Table) -> DerivedTables:
    """An edge from the row's node to the column's for each cell that is not 0 or empty, or reaches the threshold.

    Of a symmetric matrix each pair is one edge; the diagonal of a matrix with a threshold makes none.
    """
    names = reading.columns or tuple(name for name in table.column_names if name != reading.source)
    check_columns(table, [reading.source, *names])
    if table.num_rows * len(names) > MAX_CELLS:
        raise UserInputError(
            f"This matrix has more than {MAX_CELLS:,} cells; send its edges as a table instead."
        )
    labels = [name.strip() for name in names]
    rows = texts_of(table[reading.source]) if reading.source else labels
    if len(rows) != table.num_rows:
        raise UserInputError(
            f"A matrix without a column of names has as many rows as columns, not {table.num_rows} and {len(labels)}."
        )
    try:
        cells = cells_of(table, names)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UserInputError(f"The cells of a matrix are numbers: {error}") from error
    is_edge = np.abs(cells) >= reading.threshold if reading.threshold is not None else cells != 0
    is_edge[[position for position, name in enumerate(rows) if name is None]] = False
    if reading.threshold is not None:
        drop_diagonal(is_edge, rows, labels)
    if reading.is_undirected and cells.shape[0] == cells.shape[1]:
        is_edge = np.triu(is_edge)
    row_index, column_index = np.nonzero(is_edge)
    if len(row_index) > MAX_EDGES:
        raise UserInputError(
            f"This matrix makes {len(row_index):,} edges; a threshold leaves fewer."
        )
    weights = cells[row_index, column_index]
    is_whole = bool((weights == np.floor(weights)).all()) and bool((np.abs(weights) < 2**53).all())
    row_ids = np.array([name or "" for name in rows], object)[row_index]
    column_ids = np.array(labels, object)[column_index]
    edges = edges_of(
        list(row_ids),
        list(column_ids),
        weight=pa.array(weights.astype(np.int64) if is_whole else weights),
    )
    ids = list(dict.fromkeys([name for name in rows if name is not None] + labels))
    is_row = set(rows)
    nodes = pa.table({"id": pa.array(ids, pa.string())})
    if reading.source and not is_row >= set(labels):
        nodes = nodes.append_column(
            "type", pa.array([reading.source if name in is_row else "column" for name in ids])
        )
    bindings = {"edge_weight": WEIGHT} if bool((weights >= 0).all()) else {}
    return DerivedTables(
        edges=edges,
        nodes=nodes,
        source=SOURCE,
        destination=DESTINATION,
        node="id",
        edge_bindings=bindings,
    )


def drop_diagonal(is_edge: np.ndarray, rows: Sequence[str | None], labels: Sequence[str]) -> None:
    position = {name: index for index, name in enumerate(labels)}
    for row, name in enumerate(rows):
        if name in position:
            is_edge[row, position[name]] = False


def derive_lists(reading: TableInterpretation, table: pa.Table) -> DerivedTables:
    """An edge from the row's `source` to each part of its `destination`; other columns stay with the nodes."""
    if not reading.destination:
        raise UserInputError("Choose the column whose cells hold several values.")
    check_columns(table, [reading.source, reading.destination])
    source = reading.source or ""
    if not source:
        table, source = with_row_numbers(table)
    separator = reading.separator or ";"
    sources: list[str] = []
    destinations: list[str] = []
    rows: list[int] = []
    cells = texts_of(table[reading.destination])
    for row, (start, cell) in enumerate(zip(texts_of(table[source]), cells, strict=True)):
        if start is None or cell is None:
            continue
        for part in split_cell(cell, separator):
            sources.append(start)
            destinations.append(part)
            rows.append(row)
        if len(rows) > MAX_EDGES:
            raise UserInputError(f"These lists make more than {MAX_EDGES:,} edges.")
    ids = keys_of(table[source])
    is_key = ids.null_count() == 0 and ids.n_unique() == len(ids)
    edges = edges_of(sources, destinations)
    nodes = (
        as_text(table, source)
        if is_key
        else pa.table(
            {source: keys_of(table[source]).drop_nulls().unique().to_arrow().cast(pa.string())}
        )
    )
    if not is_key:
        others = table.select(
            [
                name
                for name in table.column_names
                if name not in {source, reading.destination, SOURCE, DESTINATION}
            ]
        )
        for name in others.column_names:
            edges = edges.append_column(name, others[name].take(pa.array(rows, pa.int64())))
    bindings = dict(reading.node_bindings) if is_key else {}
    return DerivedTables(
        edges=edges, nodes=nodes, source=SOURCE, destination=DESTINATION, node=source,
        edge_bindings={role: name for role, name in reading.edge_bindings.items() if name in edges.column_names},
        node_bindings=bindings,
    )  # fmt: skip


def derive_adjacency(reading: TableInterpretation, table: pa.Table) -> DerivedTables:
    """An edge from the first value of each row to each other; a row of one value is an isolated node."""
    names = reading.columns or tuple(table.column_names)
    check_columns(table, names)
    columns = [texts_of(table[name]) for name in names]
    rows: list[tuple[str | None, ...]] = list(zip(*columns, strict=True))
    if reading.is_header_row:
        rows.insert(0, tuple(name.strip() or None for name in names))
    sources: list[str] = []
    destinations: list[str] = []
    ids: dict[str, None] = {}
    for first, *others in rows:
        if first is None:
            continue
        ids[first] = None
        for neighbor in others:
            if neighbor is not None:
                sources.append(first)
                destinations.append(neighbor)
                ids[neighbor] = None
    return DerivedTables(
        edges=edges_of(sources, destinations), nodes=pa.table({"id": pa.array(list(ids), pa.string())}),
        source=SOURCE, destination=DESTINATION, node="id",
    )  # fmt: skip


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
