"""JSON:API, as VirusTotal and others answer: resources are nodes, their relationships edges.

https://jsonapi.org/format/
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, mapping_of, mappings_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

NAMES = ("name", "title", "meaningful_name", "label", "display_name", "username")


def resources_of(document: Any) -> list[dict[str, Any]]:
    """The resources of a document and those that it includes: objects with an id and a type."""
    content = mapping_of(document)
    found = [*mappings_of(content.get("data")), *mappings_of(content.get("included"))]
    return [each for each in found if text_of(each.get("id")) and text_of(each.get("type"))]


def related_to(resource: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, relationship in mapping_of(resource.get("relationships")).items():
        for related in mappings_of(mapping_of(relationship).get("data")):
            yield name, related


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(
        any(
            text_of(related.get("id"))
            for each in resources_of(document)
            for _, related in related_to(each)
        )
        for document in documents
    )


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Resources and their relationships",
        reason="This is JSON:API: resources are nodes by their type and id, relationships are edges.",
    )
    resources = [each for document in documents for each in resources_of(document)]
    related = [entry for each in resources for _, entry in related_to(each)]
    types: dict[str, set[str]] = {}
    for each in [*resources, *related]:
        types.setdefault(str(each.get("id")), set()).add(str(each.get("type")))
    for each in [*resources, *related]:
        attributes = mapping_of(each.get("attributes"))
        graph.add_new_node(
            key_of(each, types), attributes, within="attributes",
            name=first_of(attributes, NAMES) or text_of(each.get("id")), type=text_of(each.get("type")),
        )  # fmt: skip
    for each in resources:
        for name, entry in related_to(each):
            graph.add_edge(key_of(each, types), key_of(entry, types), type=name)
    return graph.result()


def key_of(resource: Mapping[str, Any], types: Mapping[str, set[str]]) -> str | None:
    """The id; with its type where resources of several types share it."""
    text = text_of(resource.get("id"))
    if text is not None and len(types.get(text, ())) > 1:
        return f"{resource.get('type')}:{text}"
    return text


JSON_API = Vocabulary(name="json_api", matches=matches, read=read)
