"""Preview a reading: the graph of the first rows, small enough to be drawn at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.datasets.models import File
from graphkeep.datasets.operations.readings.reading_files import FileTables, check_tables
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.graph import Graph
from graphkeep.graph.hypergraph import hypergraph
from graphkeep.graph.interpretations.derivation.derive import derive, joined, needs_derived_tables
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.normalize import bind

MAX_ROWS = 1_000
MAX_EDGES = 500
MAX_NODES = 250
MAX_TITLE_LENGTH = 60


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Titles of nodes, and edges as pairs of their numbers; `is_sample`: the whole graph has more."""

    titles: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    is_sample: bool


def preview_reading(files: Sequence[File], reading: TableInterpretation) -> Preview:
    """The graph that a reading makes of the first rows of each table.

    Raises:
        UserInputError: the reading names a table or column that the files do not have, or cannot be derived.
    """
    tables = FileTables(files=tuple(files))
    check_tables(reading, tables.references)
    heads = [table.slice(0, MAX_ROWS) for table in tables.tables]
    graph = graph_of(reading, heads)
    used = {*reading.edge_tables, *reading.node_tables}
    has_more_rows = any(tables.tables[index].num_rows > MAX_ROWS for index in used)
    return drawable(graph, has_more_rows=has_more_rows)


def graph_of(reading: TableInterpretation, tables: Sequence[pa.Table]) -> Graph:
    if reading.kind == "hypergraph":
        rows = joined(tables, reading.edge_tables)
        edges, nodes, bindings = hypergraph(rows, reading.columns, direct=reading.is_direct)
        return bind(edges, nodes, bindings).graph
    if needs_derived_tables(reading):
        derived = derive(reading, tables)
        bindings = bindings_of(
            derived.source, derived.destination, derived.node, derived.node_bindings
        )
        return bind(derived.edges, derived.nodes, bindings).graph
    edges = joined(tables, reading.edge_tables)
    has_nodes = bool(reading.node and reading.node_tables)
    return bind(
        edges,
        joined(tables, reading.node_tables) if has_nodes else None,
        bindings_of(
            reading.source,
            reading.destination,
            reading.node if has_nodes else None,
            reading.node_bindings,
        ),
    ).graph


def bindings_of(
    source: str | None, destination: str | None, node: str | None, roles: Mapping[str, str]
) -> Bindings:
    return Bindings(
        source=source or "",
        destination=destination or "",
        node=node,
        node_title=roles.get("node_title") if node else None,
    )


def drawable(graph: Graph, *, has_more_rows: bool) -> Preview:
    """The first edges and their nodes, then nodes without edges, as many as fit."""
    ends = np.column_stack([graph.source_index, graph.destination_index])[:MAX_EDGES]
    nodes = list(dict.fromkeys(ends.ravel().tolist()))[:MAX_NODES]
    shown = set(nodes)
    for row in range(graph.node_count):
        if len(nodes) >= MAX_NODES:
            break
        if row not in shown:
            nodes.append(row)
    number = {row: index for index, row in enumerate(nodes)}
    edges = [(number[a], number[b]) for a, b in ends.tolist() if a in number and b in number]
    title_column = graph.bindings.node_title
    is_titled = title_column is not None and title_column in graph.nodes.column_names
    column = graph.nodes[title_column] if is_titled else graph.node_ids
    titles = pc.take(column, pa.array(nodes, pa.int64())).to_pylist()
    ids = pc.take(graph.node_ids, pa.array(nodes, pa.int64())).to_pylist()
    is_cut = len(edges) < graph.edge_count or len(nodes) < graph.node_count
    return Preview(
        titles=tuple(
            str(node_id if title is None else title)[:MAX_TITLE_LENGTH]
            for title, node_id in zip(titles, ids, strict=True)
        ),
        edges=tuple(edges),
        is_sample=has_more_rows or is_cut,
    )
