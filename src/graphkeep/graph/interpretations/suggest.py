"""Interpretations of unknown tables as graphs, the likeliest first."""

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.columns import describe
from graphkeep.graph.interpretations.interpretation import TableInterpretation

SAMPLE_ROWS = 20_000
MAX_INTERPRETATIONS = 6
PAIRS = (
    ("source", "destination"), ("source", "target"), ("source", "dest"), ("src", "dst"), ("src", "dest"),
    ("from", "to"), ("sender", "receiver"), ("sender", "recipient"), ("caller", "callee"),
    ("parent", "child"), ("payer", "payee"), ("s", "d"), ("u", "v"), ("a", "b"),
    ("subject", "object"), ("head", "tail"), ("start", "end"), ("origin", "destination"),
    ("client", "server"), ("follower", "followed"),
)  # fmt: skip
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
ENTITY_WORDS = (
    "ip", "host", "user", "account", "domain", "email", "mail", "device", "process", "hash", "url",
    "name", "id", "address", "person", "company", "city", "country", "phone", "card", "actor",
)  # fmt: skip
NODE_NAMES = ("id", "node", "name", "key", "nodeid", "node_id", "label")


def suggest_interpretations(tables: Sequence[pa.Table]) -> tuple[TableInterpretation, ...]:
    """Interpretations by decreasing score; none for tables without two usable columns."""
    interpretations: list[TableInterpretation] = []
    for table_index, table in enumerate(tables):
        head = table.slice(0, SAMPLE_ROWS)
        pairs = edge_interpretations(head, table_index)
        interpretations += pairs
        for pair in pairs[:2]:
            interpretations += node_table_interpretations(pair, head, tables, table_index)
        interpretations += hypergraph_interpretations(head, table_index)
    interpretations.sort(key=lambda interpretation: -interpretation.score)
    return tuple(interpretations[:MAX_INTERPRETATIONS])


def words_of(name: str) -> list[str]:
    """`srcIP`, `src_ip` and `src ip` are the same words."""
    return [word.lower() for word in WORD.findall(name)]


def edge_interpretations(table: pa.Table, table_index: int) -> list[TableInterpretation]:
    names = [column.name for column in entity_columns(table)]
    interpretations = []
    for source in names:
        for destination in names:
            score = name_score(source, destination)
            if source == destination or (
                score == 0 and names.index(source) > names.index(destination)
            ):
                continue
            overlap = overlap_of(table[source], table[destination])
            total = score + overlap
            if total > 0.05:
                interpretations.append(
                    TableInterpretation(
                        kind="edges",
                        label=f"{source} → {destination}",
                        source=source,
                        destination=destination,
                        edge_tables=(table_index,),
                        score=round(total, 4),
                    )
                )
    interpretations.sort(key=lambda interpretation: -interpretation.score)
    if not interpretations and len(names) >= 2:
        interpretations = [
            TableInterpretation(
                kind="edges", label=f"{names[0]} → {names[1]}", source=names[0],
                destination=names[1], edge_tables=(table_index,), score=0.3,
            )
        ]  # fmt: skip
    return interpretations[:3]


def name_score(first_name: str, second_name: str) -> float:
    """1 for `src` and `dst`; less where they are only words of longer names such as `src_ip`, `dst_ip`."""
    first_words, second_words = words_of(first_name), words_of(second_name)
    for rank, (source, destination) in enumerate(PAIRS):
        if first_words == [source] and second_words == [destination]:
            return 1.0 - rank / 1000
        if len(source) > 1 and source in first_words and destination in second_words:
            rest_agrees = sorted(set(first_words) - {source}) == sorted(
                set(second_words) - {destination}
            )
            return (0.9 if rest_agrees else 0.6) - rank / 1000
        if (
            len(source) > 2
            and first_name.lower().startswith(source)
            and second_name.lower().startswith(destination)
        ):
            return 0.7 - rank / 1000
    return 0.0


def overlap_of(first: pa.ChunkedArray, second: pa.ChunkedArray) -> float:
    """How far the distinct values of two columns overlap, 0 to 0.6."""
    if (
        first.type != second.type
        or pa.types.is_floating(first.type)
        or pa.types.is_temporal(first.type)
    ):
        return 0.0
    values = (pc.unique(first.combine_chunks()), pc.unique(second.combine_chunks()))
    smaller, larger = sorted(values, key=len)
    if len(smaller) < 2:
        return 0.0
    shared_count = pc.sum(pc.is_in(smaller, value_set=larger)).as_py() or 0
    weight = 0.6 if pa.types.is_string(first.type) or pa.types.is_large_string(first.type) else 0.3
    return weight * float(shared_count) / len(smaller)


def entity_columns(table: pa.Table) -> list[Any]:
    """Columns whose values could be things: no measures, no times, no long texts."""
    return [
        column
        for column in describe(table)
        if column.kind in {"category", "text"}
        or (column.kind == "number" and pa.types.is_integer(table[column.name].type))
    ][:30]


def node_table_interpretations(
    pair: TableInterpretation, edges: pa.Table, tables: Sequence[pa.Table], table_index: int
) -> list[TableInterpretation]:
    interpretations = []
    for other_index, table in enumerate(tables):
        if other_index == table_index or pair.source is None:
            continue
        for column in table.column_names:
            values = table[column].slice(0, SAMPLE_ROWS)
            if len(values) == 0 or pc.count_distinct(values).as_py() < len(values):
                continue
            overlap = overlap_of(edges[pair.source], values)
            if overlap >= 0.25:
                bonus = 0.1 if column.lower() in NODE_NAMES else 0.0
                interpretations.append(
                    TableInterpretation(
                        kind="edges+nodes",
                        label=f"{pair.label}, nodes by {column}",
                        source=pair.source,
                        destination=pair.destination,
                        node=column,
                        edge_tables=(table_index,),
                        node_tables=(other_index,),
                        score=round(pair.score + overlap + bonus, 4),
                    )
                )
    return interpretations


def hypergraph_interpretations(table: pa.Table, table_index: int) -> list[TableInterpretation]:
    names = []
    for column in entity_columns(table):
        has_word = any(word in ENTITY_WORDS for word in words_of(column.name))
        has_repeats = (
            column.distinct_count is not None and 1 < column.distinct_count < table.num_rows
        )
        if (has_word or has_repeats) and column.kind != "number":
            names.append(column.name)
    if len(names) < 2:
        return []
    columns = tuple(names[:5])
    return [
        TableInterpretation(
            kind="hypergraph",
            label="Events with " + ", ".join(columns),
            columns=columns,
            edge_tables=(table_index,),
            score=0.4 + 0.02 * len(columns),
        )
    ]
