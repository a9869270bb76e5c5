"""CX and CX2 of Cytoscape and NDEx: aspects with nodes, edges and their attributes, one after another."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, list_of, mapping_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary


def aspects(documents: Sequence[Any], name: str) -> Iterator[dict[str, Any]]:
    for document in documents:
        for entry in list_of(mapping_of(document).get(name)):
            if isinstance(entry, dict):
                yield entry


def matches(documents: Sequence[Any]) -> bool:
    if len(documents) < 2 or not all(isinstance(each, dict) for each in documents):
        return False
    if not any("CXVersion" in each or "numberVerification" in each for each in documents):
        return False
    return any(True for _ in aspects(documents, "nodes"))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="CX network",
        reason="This is a CX network of Cytoscape or NDEx: its nodes and edges with their attributes.",
    )
    positions = {str(entry.get("node")): entry for entry in aspects(documents, "cartesianLayout")}
    node_values = attributes_of(documents, "nodeAttributes")
    edge_values = attributes_of(documents, "edgeAttributes")
    for entry in aspects(documents, "nodes"):
        node_id = first_of(entry, ("@id", "id"))
        place = mapping_of(positions.get(str(node_id)))
        x, y = first_of(entry, ("x",)), first_of(entry, ("y",))
        graph.add_node(
            node_id, entry.get("v"), node_values.get(str(node_id)),
            present(represents=entry.get("r"), x=place.get("x", x), y=place.get("y", y)), name=entry.get("n"),
        )  # fmt: skip
    for entry in aspects(documents, "edges"):
        graph.add_edge(
            entry.get("s"), entry.get("t"), entry.get("v"), edge_values.get(str(first_of(entry, ("@id", "id")))),
            interaction=entry.get("i"),
        )  # fmt: skip
    return graph.result(title=("name",))


def present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def attributes_of(documents: Sequence[Any], aspect: str) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    for entry in aspects(documents, aspect):
        for owner in list_of(entry.get("po")):
            values.setdefault(str(owner), {})[str(entry.get("n"))] = entry.get("v")
    return values


CX = Vocabulary(name="cx", matches=matches, read=read)
