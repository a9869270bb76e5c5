"""SPDX 3 in JSON-LD: elements are nodes; a relationship has an edge to each of its targets."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

NOTHING = ("NoneElement", "NoAssertionElement")


def is_spdx3(document: Any) -> bool:
    content = mapping_of(document)
    if not isinstance(content.get("@graph"), list):
        return False
    if "spdx.org/rdf/3" in str(content.get("@context"))[:1000]:
        return True
    return any("spdxId" in mapping_of(entry) for entry in content["@graph"][:20])


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(map(is_spdx3, documents))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="SPDX 3 elements and relationships",
        reason="This is an SPDX 3 document: its elements are nodes, its relationships edges.",
    )
    for document in documents:
        for entry in document["@graph"]:
            if not isinstance(entry, dict):
                graph.leave_out("entries that are no elements", entry)
            elif isinstance(entry.get("type"), str) and entry["type"].endswith("Relationship"):
                add_relationship(graph, entry)
            elif entry.get("type") != "CreationInfo":
                add_element(graph, entry)
    return graph.result(title=("name",))


def add_element(graph: GraphBuilder, entry: dict[str, Any]) -> None:
    attributes = {
        name: value for name, value in entry.items() if name not in ("spdxId", "@id", "type")
    }
    node_id = graph.add_node(
        first_of(entry, ("spdxId", "@id")), attributes,
        name=text_of(entry.get("name")), type=text_of(entry.get("type")),
    )  # fmt: skip
    for name in ("rootElement", "element"):
        for target in list_of(entry.get(name)):
            if isinstance(target, str) and node_id is not None:
                graph.add_edge(node_id, target, type=name)


def add_relationship(graph: GraphBuilder, entry: dict[str, Any]) -> None:
    details = {
        name: value
        for name, value in entry.items()
        if name not in ("from", "to", "relationshipType", "type", "creationInfo")
    }
    for target in list_of(entry.get("to")):
        if isinstance(target, str) and target.rsplit("/", 1)[-1] in NOTHING:
            graph.leave_out("relationships to nothing", entry)
        else:
            graph.add_edge(entry.get("from"), target, details, type=entry.get("relationshipType"))


SPDX3 = Vocabulary(name="spdx3", matches=matches, read=read)
