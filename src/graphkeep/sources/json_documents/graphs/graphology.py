"""Graphology's serialization, also inside the files of Gephi Lite."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.graphs.node_lists import GraphLists, add_lists
from graphkeep.sources.json_documents.graphs.several import read_separately
from graphkeep.sources.json_documents.scalars import list_of, mapping_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary


def graph_of(document: Any) -> dict[str, Any] | None:
    content = mapping_of(document)
    for candidate in (
        content,
        mapping_of(content.get("graph")),
        mapping_of(mapping_of(content.get("graphDataset")).get("fullGraph")),
    ):
        nodes = candidate.get("nodes")
        if not isinstance(nodes, list) or not isinstance(candidate.get("edges", []), list):
            continue
        if nodes and all("key" in mapping_of(node) for node in nodes[:100]):
            keys = set().union(*(mapping_of(node) for node in nodes[:100]))
            if keys <= {"key", "attributes"}:
                return dict(candidate)
    return None


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(graph_of(document) is not None for document in documents)


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    return read_separately(documents, context, lambda some: read_graphs(some, context))


def read_graphs(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Graphology graph",
        reason="This is a graph of graphology (sigma.js, Gephi Lite): nodes by key, edges by source and target.",
    )
    for document in documents:
        content = graph_of(document) or {}
        extra = mapping_of(mapping_of(document).get("graphDataset"))
        node_data, edge_data = mapping_of(extra.get("nodeData")), mapping_of(extra.get("edgeData"))
        lists = GraphLists(
            nodes=[with_data(each, node_data) for each in list_of(content.get("nodes"))],
            edges=[with_data(each, edge_data) for each in list_of(content.get("edges"))],
        )
        add_lists(graph, lists, ("source", "target"), node_id="key")
    return graph.result(title=("label", "name"))


def with_data(entry: Any, data: Any) -> Any:
    """An entry with the attributes that Gephi Lite keeps in a list of its own."""
    inner = data.get(str(mapping_of(entry).get("key")))
    if not isinstance(inner, dict):
        return entry
    return {**entry, "data": inner}


GRAPHOLOGY = Vocabulary(name="graphology", matches=matches, read=read)
