"""Records with lists of objects that name other records, as the references of a paper or the mentions of a tweet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.scalars import clean_name, id_of, mapping_of

IDS = (
    "id", "_id", "@id", "DOI", "doi", "uuid", "uid", "key", "ref", "paperId", "url", "address", "email",
    "screen_name", "login", "username", "name", "title",
)  # fmt: skip
TITLES = ("name", "screen_name", "displayName", "login", "username", "title", "label", "email")
MAX_PATHS = 40
SAMPLE = 20_000
MIN_SHARE = 0.05
SCORE = 2.2
SOURCE, TARGET = "source", "target"

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NestedReference:
    """An edge goes from the `id_name` of the object at `owner` of a record to that of each entry at `entries`.

    An empty `owner` is the record itself.
    """

    owner: Path
    entries: Path
    id_name: str

    @property
    def source_name(self) -> str:
        return ".".join((*self.owner, self.id_name))


def objects_of(record: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The record, and the objects in it, two deep."""
    yield (), record
    for name, value in record.items():
        if isinstance(value, dict):
            yield (name,), value
            for inner_name, inner in value.items():
                if isinstance(inner, dict):
                    yield (name, inner_name), inner


def at(record: Mapping[str, Any], path: Path) -> Any:
    value: Any = record
    for name in path:
        value = mapping_of(value).get(name)
    return value


def find_nested_reference(records: Sequence[dict[str, Any]]) -> NestedReference | None:
    """The lists whose entries share most ids with the records, or with one object of each record."""
    sample = records[:SAMPLE]
    if len(sample) < 2:
        return None
    owned: dict[tuple[Path, str], set[str]] = {}
    listed: dict[tuple[Path, str], set[str]] = {}
    for record in sample:
        for path, content in objects_of(record):
            for name, value in content.items():
                if name in IDS and id_of(value) is not None and len(owned) < MAX_PATHS:
                    owned.setdefault((path, name), set())
                if (path, name) in owned and id_of(value) is not None:
                    owned[path, name].add(str(value))
                if isinstance(value, list):
                    collect(value[:1000], (*path, name), listed)
    best: tuple[float, NestedReference] | None = None
    for (owner, name), ids in owned.items():
        for (entries, entry_name), texts in listed.items():
            shared = len(ids & texts)
            if entry_name != name or entries[:1] == owner[:1] != () or not shared:
                continue
            share = shared / len(texts)
            if (
                (shared >= 2 or share >= 0.2)
                and share >= MIN_SHARE
                and (best is None or share > best[0])
            ):
                best = (share, NestedReference(owner=owner, entries=entries, id_name=name))
    return None if best is None else best[1]


def collect(values: Sequence[Any], path: Path, listed: dict[tuple[Path, str], set[str]]) -> None:
    for entry in values:
        for name, value in mapping_of(entry).items():
            if name in IDS and id_of(value) is not None:
                if (path, name) not in listed and len(listed) >= MAX_PATHS:
                    continue
                listed.setdefault((path, name), set()).add(str(value))


def read_nested_references(
    records: Sequence[dict[str, Any]],
    context: ReadContext,
    *,
    edge_table: int,
    node_table: int,
) -> tuple[pa.Table, pa.Table, TableInterpretation] | None:
    """Edges to each entry, and what records and entries say of their nodes, with the interpretation of both."""
    found = find_nested_reference(records)
    if found is None:
        return None
    edges: list[dict[str, Any]] = []
    nodes: dict[str, dict[str, Any]] = {}
    for record in records:
        owner = mapping_of(at(record, found.owner))
        source = id_of(owner.get(found.id_name))
        if source is None:
            continue
        describe(nodes, found.id_name, owner)
        listed = at(record, found.entries)
        for entry in listed if isinstance(listed, list) else []:
            target = id_of(mapping_of(entry).get(found.id_name))
            if target is not None:
                described = {} if not found.owner else scalars_of(record)
                edges.append({SOURCE: source, TARGET: target, **described})
                describe(nodes, found.id_name, mapping_of(entry))
    name = clean_name(".".join(found.entries))
    edge_rows = context.records_table(edges, name=name)
    node_rows = context.records_table(list(nodes.values()), name="ends")
    title = next((each for each in TITLES if each in node_rows.column_names), None)
    return edge_rows, node_rows, TableInterpretation(
        kind="edges+nodes",
        label=f"{found.source_name} → each of {name}",
        reason=f"The entries of '{name}' are named by '{found.id_name}', as '{found.source_name}' is: an edge goes to each.",
        source=SOURCE,
        destination=TARGET,
        node=found.id_name,
        edge_tables=(edge_table,),
        node_tables=(node_table,),
        node_bindings={"node_title": title} if title and title != found.id_name else {},
        score=SCORE,
    )  # fmt: skip


def scalars_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says of its edges: the values of its own names."""
    return {
        name: value
        for name, value in record.items()
        if not isinstance(value, dict | list) and name not in {SOURCE, TARGET}
    }


def describe(nodes: dict[str, dict[str, Any]], id_name: str, content: Mapping[str, Any]) -> None:
    """Add what is new of a node: its plain values; lists of one text are that text."""
    row = nodes.setdefault(str(content[id_name]), {id_name: content[id_name]})
    for name, value in content.items():
        single = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not isinstance(single, dict | list) and row.get(name) is None:
            row[name] = single
