"""STIX 2: objects are nodes; relationships, sightings and references to other objects are edges."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

NAMES = (
    "name",
    "value",
    "pattern",
    "key",
    "path",
    "user_id",
    "abstract",
    "explanation",
    "definition",
    "result_name",
)
ENDS = {"source_ref", "target_ref", "sighting_of_ref", "where_sighted_refs", "observed_data_refs"}


def is_object(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind, identifier = value.get("type"), value.get("id")
    return (
        isinstance(kind, str) and isinstance(identifier, str) and identifier.startswith(f"{kind}--")
    )


def is_bundle(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("objects"), list):
        return False
    return value.get("type") == "bundle" or any(map(is_object, value["objects"][:100]))


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(is_bundle(each) or is_object(each) for each in documents)


def objects_of(documents: Sequence[Any]) -> Iterator[Any]:
    for document in documents:
        if is_bundle(document):
            yield from document["objects"]
        else:
            yield document


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="STIX objects and their relationships",
        reason="This is STIX: objects are nodes; relationships, sightings and references are edges.",
    )
    for entry in latest_first(list(objects_of(documents))):
        if not isinstance(entry, dict):
            graph.leave_out("entries that are no STIX objects", entry)
        elif entry.get("type") == "relationship" or {"source_ref", "target_ref"} <= entry.keys():
            graph.add_edge(
                entry.get("source_ref"), entry.get("target_ref"),
                without(entry, ("source_ref", "target_ref", "type")), type=entry.get("relationship_type"),
            )  # fmt: skip
        elif entry.get("type") == "sighting" and list_of(entry.get("where_sighted_refs")):
            add_sighting(graph, entry)
        else:
            add_object(graph, entry)
    return graph.result(title=("name",))


def latest_first(entries: list[Any]) -> list[Any]:
    """Of several versions of an object the one that was modified last, as the first of an id is shown."""
    versions: dict[Any, int] = {}
    for entry in entries:
        identifier = mapping_of(entry).get("id")
        if isinstance(identifier, str):
            versions[identifier] = versions.get(identifier, 0) + 1
    if all(count == 1 for count in versions.values()):
        return entries
    return sorted(entries, key=modified, reverse=True)


def modified(entry: Any) -> str:
    return text_of(mapping_of(entry).get("modified")) or ""


def add_object(graph: GraphBuilder, entry: dict[str, Any]) -> None:
    node_id = graph.add_node(
        entry.get("id"), without(entry, ("id",)),
        name=text_of(first_of(entry, NAMES)), type=entry.get("type"),
    )  # fmt: skip
    if node_id is None:
        return
    for name, target in references(entry):
        graph.add_edge(node_id, target, type=name)


def add_sighting(graph: GraphBuilder, entry: dict[str, Any]) -> None:
    details = without(entry, (*ENDS, "type"))
    for source in list_of(entry.get("where_sighted_refs")):
        graph.add_edge(source, entry.get("sighting_of_ref"), details, type="sighting")
    for source in list_of(entry.get("observed_data_refs")):
        graph.add_edge(source, entry.get("sighting_of_ref"), details, type="sighting")


def references(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every reference by its name without `_ref`; `object_refs` points to what a report is about."""
    for name, value in entry.items():
        if name.endswith("_ref") and isinstance(value, str):
            yield name.removesuffix("_ref"), value
        elif name.endswith("_refs"):
            kind = name if name == "object_refs" else name.removesuffix("_refs")
            for target in list_of(value):
                if isinstance(target, str):
                    yield kind, target


def without(entry: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}


STIX = Vocabulary(name="stix", matches=matches, read=read)
