"""How an unknown table could be meant as a graph, the likeliest first."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.columns import describe

SAMPLE_ROWS = 20_000
MOST_READINGS = 6
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


@dataclass(frozen=True, kw_only=True)
class Reading:
    kind: Literal["edges", "edges+nodes", "hypergraph"]
    label: str
    source: str | None = None
    destination: str | None = None
    node: str | None = None
    columns: tuple[str, ...] = ()
    edge_table: int = 0
    node_table: int = 0
    score: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def suggest(tables: Sequence[pa.Table]) -> tuple[Reading, ...]:
    """Readings by decreasing score; none for tables without two usable columns."""
    found: list[Reading] = []
    for place, table in enumerate(tables):
        head = table.slice(0, SAMPLE_ROWS)
        pairs = pairs_of(head, place)
        found += pairs
        for pair in pairs[:2]:
            found += with_node_tables(pair, head, tables, place)
        found += hypergraphs_of(head, place)
    found.sort(key=lambda one: -one.score)
    return tuple(found[:MOST_READINGS])


def words_of(name: str) -> list[str]:
    """`srcIP`, `src_ip` and `src ip` are the same words."""
    return [word.lower() for word in WORD.findall(name)]


def pairs_of(table: pa.Table, place: int) -> list[Reading]:
    names = [column.name for column in entity_columns(table)]
    found = []
    for one in names:
        for other in names:
            score = name_score(one, other)
            if one == other or (score == 0 and names.index(one) > names.index(other)):
                continue
            overlap = overlap_of(table[one], table[other])
            total = score + overlap
            if total > 0.05:
                found.append(
                    Reading(
                        kind="edges",
                        label=f"{one} → {other}",
                        source=one,
                        destination=other,
                        edge_table=place,
                        score=round(total, 4),
                    )
                )
    found.sort(key=lambda one: -one.score)
    if not found and len(names) >= 2:
        found = [
            Reading(
                kind="edges", label=f"{names[0]} → {names[1]}", source=names[0],
                destination=names[1], edge_table=place, score=0.3,
            )
        ]  # fmt: skip
    return found[:3]


def name_score(one: str, other: str) -> float:
    """1 for `src` and `dst`; less where they are only words of longer names such as `src_ip`, `dst_ip`."""
    first, second = words_of(one), words_of(other)
    for rank, (source, destination) in enumerate(PAIRS):
        if first == [source] and second == [destination]:
            return 1.0 - rank / 1000
        if len(source) > 1 and source in first and destination in second:
            rest_agrees = sorted(set(first) - {source}) == sorted(set(second) - {destination})
            return (0.9 if rest_agrees else 0.6) - rank / 1000
        if (
            len(source) > 2
            and one.lower().startswith(source)
            and other.lower().startswith(destination)
        ):
            return 0.7 - rank / 1000
    return 0.0


def overlap_of(one: pa.ChunkedArray, other: pa.ChunkedArray) -> float:
    """How far the values of two columns are the same things, 0 to 0.6."""
    if one.type != other.type or pa.types.is_floating(one.type) or pa.types.is_temporal(one.type):
        return 0.0
    first, second = pc.unique(one.combine_chunks()), pc.unique(other.combine_chunks())
    small, large = sorted((first, second), key=len)
    if len(small) < 2:
        return 0.0
    shared = pc.sum(pc.is_in(small, value_set=large)).as_py() or 0
    weight = 0.6 if pa.types.is_string(one.type) or pa.types.is_large_string(one.type) else 0.3
    return weight * float(shared) / len(small)


def entity_columns(table: pa.Table) -> list[Any]:
    """Columns whose values could be things: no measures, no times, no long texts."""
    return [
        column
        for column in describe(table)
        if column.kind in {"category", "text"}
        or (column.kind == "number" and pa.types.is_integer(table[column.name].type))
    ][:30]


def with_node_tables(
    pair: Reading, edges: pa.Table, tables: Sequence[pa.Table], place: int
) -> list[Reading]:
    found = []
    for other, table in enumerate(tables):
        if other == place or pair.source is None:
            continue
        for column in table.column_names:
            values = table[column].slice(0, SAMPLE_ROWS)
            if len(values) == 0 or pc.count_distinct(values).as_py() < len(values):
                continue
            shared = overlap_of(edges[pair.source], values)
            if shared >= 0.25:
                bonus = 0.1 if column.lower() in NODE_NAMES else 0.0
                found.append(
                    Reading(
                        kind="edges+nodes",
                        label=f"{pair.label}, nodes by {column}",
                        source=pair.source,
                        destination=pair.destination,
                        node=column,
                        edge_table=place,
                        node_table=other,
                        score=round(pair.score + shared + bonus, 4),
                    )
                )
    return found


def hypergraphs_of(table: pa.Table, place: int) -> list[Reading]:
    named = []
    for column in entity_columns(table):
        has_word = any(word in ENTITY_WORDS for word in words_of(column.name))
        repeats = column.distinct_count is not None and 1 < column.distinct_count < table.num_rows
        if (has_word or repeats) and column.kind != "number":
            named.append(column.name)
    if len(named) < 2:
        return []
    chosen = tuple(named[:5])
    return [
        Reading(
            kind="hypergraph",
            label="Events with " + ", ".join(chosen),
            columns=chosen,
            edge_table=place,
            score=0.4 + 0.02 * len(chosen),
        )
    ]
