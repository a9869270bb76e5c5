"""Cytoscape and Cytoscape.js: elements with `data`, in two lists or in one."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.graphs.node_lists import GraphLists, add_lists
from graphkeep.sources.json_documents.scalars import list_of, mapping_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

STATE = (
    "selected",
    "group",
    "removed",
    "selectable",
    "locked",
    "grabbable",
    "pannable",
    "grabbed",
    "classes",
)


def elements_of(documents: Sequence[Any]) -> GraphLists | None:
    """The elements of one document, or a file that is a list of elements itself."""
    if len(documents) == 1:
        elements = mapping_of(documents[0]).get("elements")
        if isinstance(elements, dict):
            return checked(list_of(elements.get("nodes")), list_of(elements.get("edges")))
        if isinstance(elements, list):
            return split(elements)
        return None
    return split(documents)


def split(elements: Sequence[Any]) -> GraphLists | None:
    if not all(isinstance(mapping_of(each).get("data"), dict) for each in elements):
        return None
    edges = [each for each in elements if is_edge(each)]
    return checked([each for each in elements if not is_edge(each)], edges)


def is_edge(element: dict[str, Any]) -> bool:
    return element.get("group") == "edges" or {"source", "target"} <= element["data"].keys()


def checked(nodes: list[Any], edges: list[Any]) -> GraphLists | None:
    entries = [*nodes[:100], *edges[:100]]
    count = sum(isinstance(mapping_of(each).get("data"), dict) for each in entries)
    if not entries or count * 2 <= len(entries):
        return None
    if not any("id" in mapping_of(mapping_of(each).get("data")) for each in nodes[:100]):
        return None
    return GraphLists(nodes=nodes, edges=edges)


def matches(documents: Sequence[Any]) -> bool:
    return elements_of(documents) is not None


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Cytoscape elements",
        reason="This is a Cytoscape graph: its elements are nodes and edges, at the positions of the file.",
    )
    lists = elements_of(documents) or GraphLists(nodes=[], edges=[])
    lists = GraphLists(nodes=without_state(lists.nodes), edges=without_state(lists.edges))
    add_lists(graph, lists, ("source", "target"), node_id="id")
    return graph.result(title=("label", "name", "shared name"))


def without_state(elements: Sequence[Any]) -> list[Any]:
    return [
        {name: value for name, value in each.items() if name not in STATE or value not in (False, True, "", None, "nodes", "edges")}
        if isinstance(each, dict) else each
        for each in elements
    ]  # fmt: skip


CYTOSCAPE = Vocabulary(name="cytoscape", matches=matches, read=read)
