"""JSON Graph Format, versions 1 and 2: `graph` or `graphs` with nodes, edges and hyperedges."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.graphs.node_lists import GraphLists, add_lists, named_list
from graphkeep.sources.json_documents.graphs.several import read_separately
from graphkeep.sources.json_documents.scalars import list_of, mapping_of, mappings_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary


def graphs_of(document: Any) -> list[dict[str, Any]]:
    content = mapping_of(document)
    entries = [*mappings_of(content.get("graph")), *mappings_of(content.get("graphs"))]
    return [
        each
        for each in entries
        if named_list(each, ("nodes",)) is not None
        and all({"source", "target"} <= mapping_of(edge).keys() for edge in list_of(each.get("edges"))[:100])
        and ({"edges", "hyperedges"} & each.keys() or isinstance(each["nodes"], dict))
    ]  # fmt: skip


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(graphs_of(document) for document in documents)


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graphs = [each for document in documents for each in graphs_of(document)]
    return read_separately(graphs, context, lambda some: read_graphs(some, context))


def read_graphs(graphs: Sequence[dict[str, Any]], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="JSON Graph Format",
        reason="This is JSON Graph Format: its nodes by id, its edges by source and target.",
    )
    for content in graphs:
        lists = GraphLists(
            nodes=named_list(content, ("nodes",)) or [], edges=list_of(content.get("edges"))
        )
        add_lists(graph, lists, ("source", "target"), node_id="id")
        for number, hyperedge in enumerate(list_of(content.get("hyperedges")), start=1):
            add_hyperedge(graph, hyperedge, number)
    return graph.result(title=("label", "name"))


def add_hyperedge(graph: GraphBuilder, hyperedge: Any, number: int) -> None:
    """A directed hyperedge joins each source with each target; another is a node that joins its members."""
    if not isinstance(hyperedge, dict):
        graph.leave_out("entries that are no hyperedges", hyperedge)
        return
    details = {
        name: value
        for name, value in hyperedge.items()
        if name not in ("source", "target", "nodes", "metadata")
    }
    sources, targets = list_of(hyperedge.get("source")), list_of(hyperedge.get("target"))
    for source in sources:
        for target in targets:
            graph.add_edge(source, target, details, hyperedge.get("metadata"))
    if hyperedge.get("nodes") is not None:
        node_id = graph.add_node(
            hyperedge.get("id") or f"hyperedge {number}",
            details,
            hyperedge.get("metadata"),
            type="hyperedge",
        )
        for member in list_of(hyperedge.get("nodes")):
            graph.add_edge(node_id, member, details)


JSON_GRAPH = Vocabulary(name="jgf", matches=matches, read=read)
