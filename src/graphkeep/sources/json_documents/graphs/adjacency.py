"""Adjacency: an object of each node's neighbors, a list of them or an object of their weights."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import id_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

MIN_SHARE = 0.5
SAMPLE = 10_000


def networkx_data(document: Any) -> bool:
    content = mapping_of(document)
    nodes, adjacency = content.get("nodes"), content.get("adjacency")
    return (
        isinstance(nodes, list)
        and isinstance(adjacency, list)
        and len(nodes) == len(adjacency)
        and all(isinstance(each, list) for each in adjacency)
    )


def is_adjacency(document: Any) -> bool:
    """Whether most neighbors, and two at least, are names of the object too."""
    if not isinstance(document, dict) or len(document) < 2:
        return False
    values = list(document.values())
    if all(isinstance(value, list) for value in values):
        neighbors = [text_of(each) for value in values[:SAMPLE] for each in value[:SAMPLE]]
    elif all(isinstance(value, dict) for value in values):
        neighbors = [name for value in values[:SAMPLE] for name in value]
    else:
        return False
    known = sum(neighbor in document for neighbor in neighbors if neighbor is not None)
    return known >= 2 and known > MIN_SHARE * len(neighbors)


def matches(documents: Sequence[Any]) -> bool:
    return len(documents) == 1 and (networkx_data(documents[0]) or is_adjacency(documents[0]))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Each node with its neighbors",
        reason="The file gives the neighbors of each node; an edge goes to each of them.",
    )
    content = documents[0]
    if networkx_data(content):
        read_networkx(graph, content)
        return graph.result(title=("label", "name"))
    for name, neighbors in content.items():
        if graph.add_node(name) is None:
            continue
        if isinstance(neighbors, dict):
            for neighbor, details in neighbors.items():
                attributes = details if isinstance(details, dict) else {"weight": details}
                graph.add_edge(name, neighbor, attributes)
        else:
            for neighbor in neighbors:
                graph.add_edge(name, neighbor)
    return graph.result()


def read_networkx(graph: GraphBuilder, content: dict[str, Any]) -> None:
    is_undirected = content.get("directed") is False
    ids = []
    for node in content["nodes"]:
        node_id = mapping_of(node).get("id", node)
        rest = {name: value for name, value in mapping_of(node).items() if name != "id"}
        ids.append(graph.add_node(node_id, rest))
    seen: set[tuple[str, str, str]] = set()
    for node_id, neighbors in zip(ids, content["adjacency"], strict=True):
        for entry in neighbors:
            details = mapping_of(entry)
            other = id_of(details.get("id", entry if not isinstance(entry, dict) else None))
            if is_undirected:
                key = str(details.get("key"))
                if (str(other), str(node_id), key) in seen and str(other) != str(node_id):
                    continue
                seen.add((str(node_id), str(other), key))
            graph.add_edge(node_id, other, {n: v for n, v in details.items() if n != "id"})


ADJACENCY = Vocabulary(name="adjacency", matches=matches, read=read)
