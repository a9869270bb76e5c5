"""Node-link JSON: a list of nodes and a list of links, as networkx, d3, sigma, vis.js and many others write it."""

from collections import deque
from collections.abc import Sequence
from typing import Any

from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.graphs.node_lists import (
    EDGE_LISTS,
    NODE_LISTS,
    GraphLists,
    add_lists,
    edge_ends,
    lists_of,
)
from graphkeep.sources.json_documents.graphs.several import read_separately
from graphkeep.sources.json_documents.scalars import json_text, list_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

MAX_DEPTH = 4
MAX_OBJECTS = 1000


def graphs_of(documents: Sequence[Any]) -> list[tuple[dict[str, Any], GraphLists]]:
    """Every object with nodes and edges, in whatever wrapper, that are objects themselves or pairs."""
    found = []
    for document in documents:
        pending: deque[tuple[Any, int]] = deque([(document, 0)])
        visited = 0
        while pending and visited < MAX_OBJECTS:
            content, depth = pending.popleft()
            visited += 1
            if not isinstance(content, dict):
                continue
            lists = lists_of(content)
            if lists is not None and ends_of(lists) is not None:
                found.append((content, lists))
            elif depth < MAX_DEPTH:
                for value in content.values():
                    pending.extend((each, depth + 1) for each in list_of(value)[:100])
    return found


def ends_of(lists: GraphLists) -> tuple[str, str] | None:
    if any(isinstance(edge, dict) for edge in lists.edges):
        return edge_ends(lists.edges)
    if all(isinstance(edge, list) and len(edge) >= 2 for edge in lists.edges):
        return ("source", "target")
    return None


def matches(documents: Sequence[Any]) -> bool:
    return 0 < len(documents) <= 100 and all(graphs_of([document]) for document in documents)


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    return read_separately(
        graphs_of(documents), context, lambda graphs: read_graphs(graphs, context)
    )


def read_graphs(
    graphs: Sequence[tuple[dict[str, Any], GraphLists]], context: ReadContext
) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Nodes and their links",
        reason="The file lists nodes and links: a link joins the nodes that it names.",
    )
    for content, lists in graphs:
        add_lists(graph, lists, ends_of(lists) or ("source", "target"))
        report_rest(content, context.repairs)
    return graph.result(title=("label", "name", "title", "caption", "lbl"))


def report_rest(content: dict[str, Any], repairs: list[Repair]) -> None:
    rest = {
        name: value
        for name, value in content.items()
        if name not in (*NODE_LISTS, *EDGE_LISTS) and value not in (None, {}, [], True, False)
    }
    if rest:
        repairs.append(
            Repair(
                code="wrapper-left-out",
                message=f"What the file says beside nodes and edges is left out: {', '.join(rest)}.",
                count=len(rest),
                before=json_text(rest)[:200],
            )
        )


NODE_LINK = Vocabulary(name="nodelink", matches=matches, read=read)
