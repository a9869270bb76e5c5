"""Edges of rows that list nodes: their neighbors, what they share, or the node above."""

import pyarrow as pa

from graphkeep.graph.errors import UserInputError
from graphkeep.graph.identity import keys_of
from graphkeep.graph.interpretations.derivation.derived_tables import (
    DESTINATION,
    MAX_EDGES,
    SOURCE,
    VALUE_DELIMITER,
    DerivedTables,
    as_text,
    check_columns,
    edges_of,
    texts_of,
    with_row_numbers,
)
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.lists import split_cell


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
