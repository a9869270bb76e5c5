"""JSON-LD: things by `@id` are nodes; values that name another thing are edges."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

IDS = ("@id", "id")
TYPES = ("@type", "type")
NAMES = ("name", "label", "title", "prefLabel")
MAX_DEPTH = 100


def is_linked_data(document: Any) -> bool:
    content = mapping_of(document)
    graph = content.get("@graph")
    if isinstance(graph, list):
        return any("@id" in mapping_of(each) or "id" in mapping_of(each) for each in graph[:50])
    return isinstance(content.get("@id"), str) and len(content) > 1


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(map(is_linked_data, documents))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Linked data",
        reason="This is JSON-LD: things are nodes, and a property that names another thing is an edge.",
    )
    things: dict[str, dict[str, Any]] = {}
    for document in documents:
        for entry in list_of(document.get("@graph", document)):
            add_thing(graph, things, entry, 0)
    for node_id, row in things.items():
        name = text_of(first_of(row, [each for each in row if local_name(each) in NAMES]))
        graph.add_node(node_id, row, name=name)
    return graph.result(title=("name",))


def add_thing(
    graph: GraphBuilder, things: dict[str, dict[str, Any]], entry: Any, depth: int
) -> str | None:
    """The id of a thing, whose plain values are added to what is known of it."""
    content = mapping_of(entry)
    node_id = text_of(first_of(content, IDS))
    if node_id is None:
        if content.keys() - {"@context"}:
            graph.leave_out("entries without an @id", entry)
        return None
    row = things.setdefault(node_id, {})
    for name, value in content.items():
        if name in (*IDS, "@context"):
            continue
        if name in TYPES:
            row["type"] = text_of(list_of(value)[0]) if list_of(value) else None
            continue
        plain = []
        for each in list_of(value):
            if isinstance(each, dict) and "@value" in each:
                plain.append(each["@value"])
            elif isinstance(each, dict) and first_of(each, IDS) is not None and depth < MAX_DEPTH:
                graph.add_edge(
                    node_id, add_thing(graph, things, each, depth + 1), type=local_name(name)
                )
            else:
                plain.append(each)
        if plain:
            row[local_name(name)] = plain[0] if len(plain) == 1 else plain
    return node_id


def local_name(name: str) -> str:
    return name.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1] if "://" in name else name


JSON_LD = Vocabulary(name="jsonld", matches=matches, read=read)
