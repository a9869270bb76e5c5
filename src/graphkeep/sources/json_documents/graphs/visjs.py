"""vis.js networks: nodes by id, edges by `from` and `to`."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.graphs.node_lists import add_lists, edge_ends, lists_of
from graphkeep.sources.json_documents.graphs.several import read_separately
from graphkeep.sources.json_documents.scalars import mapping_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(map(is_network, documents))


def is_network(document: Any) -> bool:
    lists = lists_of(document)
    if lists is None or not lists.edges or edge_ends(lists.edges) != ("from", "to"):
        return False
    return any("id" in mapping_of(node) for node in lists.nodes[:100])


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    return read_separately(documents, context, lambda some: read_graphs(some, context))


def read_graphs(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="vis.js network",
        reason="This is a vis.js network: nodes by id, and an edge goes from `from` to `to`.",
    )
    for document in documents:
        lists = lists_of(document)
        if lists is not None:
            add_lists(graph, lists, ("from", "to"), node_id="id")
    return graph.result(title=("label", "title"))


VISJS = Vocabulary(name="visjs", matches=matches, read=read)
