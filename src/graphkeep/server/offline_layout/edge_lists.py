"""Read a graph from one file of the user: arrays, or anything that a dropped file may be."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.graph.hypergraph import hypergraph
from graphkeep.graph.interpretations.derivation.derive import derive, joined, needs_derived_tables
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.pair_names import name_score
from graphkeep.graph.interpretations.suggest import suggest
from graphkeep.graph.normalize import BoundGraph, bind
from graphkeep.graph.repairs import Repair
from graphkeep.graph.values.written_values import with_values
from graphkeep.server.offline_layout.array_files import arrays_of, graph_of_arrays
from graphkeep.sources.parser import FileParser
from graphkeep.sources.registry import AUTO

READING_S = 3600.0
ROLES = frozenset(each.name for each in fields(Bindings)) - {"source", "destination", "node"}


@dataclass(frozen=True, kw_only=True)
class FileTables:
    """The tables of a file by number, with their names, and what their reader knows of them."""

    names: tuple[str, ...]
    tables: tuple[pa.Table, ...]
    repairs: tuple[Repair, ...]
    known: tuple[TableInterpretation, ...]


def read_graph(
    path: Path, *, source: str = "", destination: str = "", weight: str = "", table: str = ""
) -> tuple[Graph, tuple[Repair, ...]]:
    """The graph of a file, and the repairs made. Rows keep the file's order.

    The content says what the file is. Without columns and a table its first reading is used, which may join several
    tables; `table` is the name or number of one.

    Raises:
        UserInputError: the file cannot be read, is no graph, or lacks required tables, columns or arrays.
    """
    if path.suffix.lower() == ".npz":
        if source or destination or weight or table:
            raise UserInputError(
                "An .npz file has no columns to choose: name its arrays edges, or source and "
                "destination, and weights."
            )
        return graph_of_arrays(arrays_of(path)), ()
    content = tables_of(path)
    if source or destination:
        edges = content.tables[table_number(content, table, (source, destination, weight))]
        ends = chosen_ends(edges, source, destination)
        bound = bind(edges, None, with_weight(Bindings(source=ends[0], destination=ends[1]), edges, weight))  # fmt: skip
        return bound.graph, (*content.repairs, *bound.repairs)
    bound, repairs = graph_of_reading(first_reading(content, table), content.tables, weight)
    return bound.graph, (*content.repairs, *repairs, *bound.repairs)


def tables_of(path: Path) -> FileTables:
    """All tables of a file, parsed in a separate process, sandboxed where the system supports it.

    Raises:
        UserInputError: the content is of no format that is read, or holds no table.
    """
    with tempfile.TemporaryDirectory(prefix="graphkeep-") as folder:
        parser = FileParser(
            memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            timeout_s=READING_S,
            scratch=Path(folder),
            allows_unconfined=True,  # the user's own file on the user's own machine
            warm_count=0,
        )
        parsed = parser.parse(path.resolve(), file_format=AUTO, name=path.name, into=Path(folder))
        if not parsed.tables:
            raise UserInputError(f"{path} contains no table.")
        tables = []
        for each in parsed.tables:
            # Mapped pages outlive the deleted file and are freed with the table.
            with pa.memory_map(str(each.path)) as source:
                tables.append(with_values(pa.ipc.open_file(source).read_all()))
        return FileTables(
            names=tuple(each.name for each in parsed.tables),
            tables=tuple(tables),
            repairs=parsed.repairs,
            known=parsed.interpretations,
        )


def table_number(content: FileTables, table: str, columns: Sequence[str]) -> int:
    """The number of the named table, else of the first one that has these columns, else of the first.

    Raises:
        UserInputError: there is no such table.
    """
    if table in content.names:
        return content.names.index(table)
    if table.isdecimal() and 1 <= int(table) <= len(content.tables):
        return int(table) - 1
    if table:
        names = ", ".join(content.names[:20])
        raise UserInputError(f"There is no table '{table}'. The file has: {names}.")
    wanted = {column for column in columns if column}
    return next(
        (number for number, each in enumerate(content.tables) if wanted <= set(each.column_names)),
        0,
    )


def first_reading(content: FileTables, table: str) -> TableInterpretation:
    """The likeliest reading of all tables, or of the named one.

    Raises:
        UserInputError: nothing of the file can be a graph.
    """
    tables, known = content.tables, content.known
    if table:
        number = table_number(content, table, ())
        tables = tuple(each if i == number else each.select([]) for i, each in enumerate(tables))
        known = tuple(each for each in known if {*each.edge_tables, *each.node_tables} == {number})
    suggestions = suggest(tables, known)
    readings = (*suggestions.likely, *suggestions.possible)
    if readings:
        return readings[0]
    number = table_number(content, table, ())
    ends = chosen_ends(content.tables[number], "", "")
    return TableInterpretation(
        kind="edges", label="", source=ends[0], destination=ends[1], edge_tables=(number,)
    )


def graph_of_reading(
    reading: TableInterpretation, tables: Sequence[pa.Table], weight: str
) -> tuple[BoundGraph, tuple[Repair, ...]]:
    """The graph that a reading means, and what deriving its tables changed.

    Raises:
        UserInputError: its tables do not go together, or lack the weight.
    """
    if reading.kind == "hypergraph":
        table = joined(tables, reading.edge_tables)
        edges, nodes, bindings = hypergraph(table, list(reading.columns), direct=reading.is_direct)
        return bind(edges, nodes, with_weight(bindings, edges, weight)), ()
    if needs_derived_tables(reading):
        derived = derive(reading, tables)
        bindings = Bindings(
            source=derived.source,
            destination=derived.destination,
            node=derived.node,
            **roles_of(derived.node_bindings),
        )
        bound = bind(derived.edges, derived.nodes, with_weight(bindings, derived.edges, weight))
        return bound, derived.repairs
    edges = joined(tables, reading.edge_tables)
    nodes = joined(tables, reading.node_tables) if reading.node_tables else None
    bindings = Bindings(
        source=reading.source or "",
        destination=reading.destination or "",
        node=reading.node if nodes is not None else None,
        **roles_of({**reading.node_bindings, **reading.edge_bindings}),
    )
    return bind(edges, nodes, with_weight(bindings, edges, weight)), ()


def roles_of(bindings: Mapping[str, str]) -> dict[str, str]:
    """The bindings that a graph has; the weight only where the user chooses it, because not every layout takes one."""
    return {
        role: column for role, column in bindings.items() if role in ROLES and role != "edge_weight"
    }


def with_weight(bindings: Bindings, edges: pa.Table, weight: str) -> Bindings:
    """Raises UnknownColumnError: the edges have no such column."""
    if weight and weight not in edges.column_names:
        raise UnknownColumnError(weight, edges.column_names)
    return replace(bindings, edge_weight=weight or None)


def chosen_ends(table: pa.Table, source: str, destination: str) -> tuple[str, str]:
    """The named columns, else those with the likeliest names, else the first two."""
    names = table.column_names
    for name in (source, destination):
        if name and name not in names:
            raise UnknownColumnError(name, names)
    sources = [source] if source else names
    destinations = [destination] if destination else names
    pairs = [(first, second) for first in sources for second in destinations if first != second]
    if not pairs:
        raise UserInputError(
            f"An edge list has two columns, for each edge's ends. The table has: {', '.join(names) or 'none'}."
        )
    return max(pairs, key=lambda pair: name_score(*pair))
