"""Suggest interpretations of tables, the likeliest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from graphkeep.graph.interpretations.edges import edge_interpretations, parent_interpretations
from graphkeep.graph.interpretations.events import event_interpretations
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.lists import adjacency_interpretations, list_interpretations
from graphkeep.graph.interpretations.matrices import matrix_interpretations
from graphkeep.graph.interpretations.nodes import (
    mixed_interpretations,
    node_interpretations,
    with_node_tables,
)
from graphkeep.graph.interpretations.profiles import SAMPLE_ROWS, Profile, profiles_of

MAX_INTERPRETATIONS = 8
MIN_SCORE = 0.3  # below it an interpretation is possible, and not suggested
MAX_TABLES = 100
CLEAR_SCORE = 0.95
WEAK_SCORE = 0.45
NAMED_SCORE = 0.7
JOINED_SCORE = 0.6


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    """`likely` by decreasing score; `possible` are others that the user may choose, `message` says why there is no
    likely one.
    """

    likely: tuple[TableInterpretation, ...]
    possible: tuple[TableInterpretation, ...] = ()
    message: str = ""


def suggest_interpretations(
    tables: Sequence[pa.Table], known: Iterable[TableInterpretation] = ()
) -> tuple[TableInterpretation, ...]:
    """Interpretations by decreasing score; none where nothing looks like a graph."""
    return suggest(tables, known).likely


def suggest(tables: Sequence[pa.Table], known: Iterable[TableInterpretation] = ()) -> Suggestions:
    """Interpretations of tables, those that their reader knows first.

    Tables of one shape are read as one table. A reading that gives an empty graph is not among them.
    """
    groups = groups_of(tables)
    profiles = {group[0]: profiles_of(sample_of(tables, group)) for group in groups}
    interpretations = list(known)
    for group in groups:
        interpretations += of_group(tables, profiles, group)
    interpretations = nodes_behind_edges(interpretations)
    interpretations = [
        replace(each, score=min(each.score, 1.99)) if each not in known else each
        for each in interpretations
    ]
    interpretations = deduplicated(sorted(interpretations, key=lambda each: -each.score))
    likely = [each for each in interpretations if each.score >= MIN_SCORE]
    possible = [each for each in interpretations if each.score < MIN_SCORE]
    return Suggestions(
        likely=tuple(likely[:MAX_INTERPRETATIONS]),
        possible=tuple(possible[:MAX_INTERPRETATIONS]),
        message="" if likely else explain(tables),
    )


def nodes_behind_edges(
    interpretations: Sequence[TableInterpretation],
) -> list[TableInterpretation]:
    """Nodes alone stand behind a likely reading that joins their table with another one."""
    joined = [
        each.score
        for each in interpretations
        if each.kind == "edges+nodes"
        and each.score >= JOINED_SCORE
        and each.edge_tables != each.node_tables
    ]
    if not joined:
        return list(interpretations)
    return [
        replace(each, score=min(each.score, max(joined) - 0.01)) if each.kind == "nodes" else each
        for each in interpretations
    ]


def groups_of(tables: Sequence[pa.Table]) -> list[tuple[int, ...]]:
    """Numbers of tables that have the same columns in the same order."""
    by_shape: dict[tuple[str, ...], list[int]] = {}
    for index, table in enumerate(tables):
        if table.num_rows and table.num_columns:
            by_shape.setdefault(tuple(table.column_names), []).append(index)
    groups = [tuple(indices) for indices in by_shape.values()]
    return sorted(groups)[:MAX_TABLES]


def sample_of(tables: Sequence[pa.Table], group: Sequence[int]) -> pa.Table:
    """The first rows of a group's tables, equally many of each."""
    each = max(1, SAMPLE_ROWS // len(group))
    parts = [tables[index].slice(0, each) for index in group]
    if len(parts) == 1:
        return parts[0]
    try:
        return pa.concat_tables(parts, promote_options="permissive")
    except pa.ArrowException:
        return parts[0]


def of_group(
    tables: Sequence[pa.Table], profiles: Mapping[int, Sequence[Profile]], group: tuple[int, ...]
) -> list[TableInterpretation]:
    index = group[0]
    columns = profiles[index]
    table = tables[index]
    edges = edge_interpretations(columns, index)
    interpretations = [
        *edges,
        *parent_interpretations(columns, index),
        *list_interpretations(columns, index),
    ]
    for each in edges[:2]:
        interpretations += mixed_interpretations(columns, each, index)
    if len(group) == 1:
        interpretations += matrix_interpretations(table, columns, index)
    interpretations += adjacency_interpretations(table, columns, index)
    interpretations = [
        replace(each, edge_tables=group, node_tables=group if each.node_tables else ())
        for each in interpretations
    ]
    interpretations += [
        replace(each, node_tables=group) for each in node_interpretations(columns, index)
    ]
    interpretations += [
        replace(each, edge_tables=group) for each in event_interpretations(columns, index)
    ]
    interpretations = without_weaker(records_behind_edges(interpretations, columns))
    with_nodes = [
        with_node_tables(each, profiles) for each in interpretations if each.kind == "edges"
    ]
    return interpretations + [group_nodes(each, tables) for each in with_nodes if each is not None]


def records_behind_edges(
    interpretations: Sequence[TableInterpretation], columns: Sequence[Profile]
) -> list[TableInterpretation]:
    """Rows as nodes by a number that nobody reads stand behind edges between what the rows name."""
    best = max((each.score for each in interpretations if each.kind == "edges"), default=0.0)
    opaque = {column.name for column in columns if column.is_numeric or column.kind == "uuid"}
    if best < NAMED_SCORE:
        return list(interpretations)
    return [
        replace(each, score=min(each.score, best - 0.05))
        if each.kind == "nodes" and each.node in opaque
        else each
        for each in interpretations
    ]


def without_weaker(interpretations: Sequence[TableInterpretation]) -> list[TableInterpretation]:
    """Without nodes, lists and doubtful edges of a table that is clearly one of edges; events behind named ends."""
    best = max(
        (each.score for each in interpretations if each.kind in {"edges", "matrix"}), default=0.0
    )
    if best >= NAMED_SCORE:
        interpretations = [
            replace(each, score=min(each.score, best - 0.05)) if each.kind == "hypergraph" else each
            for each in interpretations
        ]
    if best < CLEAR_SCORE:
        return list(interpretations)
    return [
        each
        for each in interpretations
        if each.kind not in {"nodes", "lists"} or each.score >= CLEAR_SCORE
    ]


def group_nodes(reading: TableInterpretation, tables: Sequence[pa.Table]) -> TableInterpretation:
    """The reading with all tables that have the shape of its node tables."""
    groups = [group for group in groups_of(tables) if group[0] in reading.node_tables]
    return replace(reading, node_tables=tuple(sorted(index for group in groups for index in group)))


def deduplicated(interpretations: Sequence[TableInterpretation]) -> list[TableInterpretation]:
    """One interpretation for each kind, tables and columns: the first."""
    seen = set()
    distinct = []
    for each in interpretations:
        key = (
            each.kind,
            each.source,
            each.destination,
            each.node,
            each.columns,
            each.edge_tables,
            each.node_tables,
        )
        if key not in seen:
            seen.add(key)
            distinct.append(each)
    return distinct


def explain(tables: Sequence[pa.Table]) -> str:
    """What was seen, and what a graph needs."""
    filled = [table for table in tables if table.num_rows and table.num_columns]
    if not filled:
        return "This file holds no rows. A graph needs a table with two columns: the source and the destination of each edge."
    if all(table.num_columns == 1 for table in filled):
        name = filled[0].column_names[0]
        return (
            f"This is a list of one column, '{name}'. A graph needs two columns, the source and the destination of each "
            "edge: choose another separator if the rows hold more, or add a table of edges."
        )
    names = ", ".join(f"'{name}'" for name in filled[0].column_names[:6])
    more = ", …" if filled[0].num_columns > 6 else ""
    return (
        f"This does not look like a graph: no two of the columns {names}{more} hold the same kind of things. A graph needs two "
        "columns that name the source and the destination of each edge; choose them by hand, or draw the rows as nodes."
    )
