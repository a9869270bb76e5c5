"""OpenGraph of BloodHound: nodes with kinds, edges whose ends are matched by id, name or property."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import id_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary


def is_graph(document: Any) -> bool:
    graph = mapping_of(mapping_of(document).get("graph"))
    nodes, edges = list_of(graph.get("nodes")), list_of(graph.get("edges"))
    first_node = mapping_of(nodes[0]) if nodes else {}
    first_edge = mapping_of(edges[0]) if edges else {}
    return isinstance(first_node.get("kinds"), list) or (
        "kind" in first_edge and isinstance(first_edge.get("start"), dict)
    )


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(map(is_graph, documents))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="BloodHound OpenGraph",
        reason="This is a BloodHound OpenGraph: its nodes and edges, each end matched as the file says.",
    )
    ids: dict[tuple[str, str], Any] = {}
    for document in documents:
        for node in list_of(document["graph"].get("nodes")):
            add_node(graph, node, ids)
    for document in documents:
        for edge in list_of(document["graph"].get("edges")):
            if not isinstance(edge, dict):
                graph.leave_out("entries that are no edges", edge)
                continue
            rest = {
                key: edge[key] for key in edge if key not in ("start", "end", "kind", "properties")
            }
            graph.add_edge(
                end_of(edge.get("start"), ids), end_of(edge.get("end"), ids),
                edge.get("properties"), rest, type=edge.get("kind"),
            )  # fmt: skip
    return graph.result(title=("name", "displayname"))


def add_node(graph: GraphBuilder, node: Any, ids: dict[tuple[str, str], Any]) -> None:
    if not isinstance(node, dict):
        graph.leave_out("entries that are no nodes", node)
        return
    properties = mapping_of(node.get("properties"))
    kinds = list_of(node.get("kinds"))
    rest = {key: value for key, value in node.items() if key not in ("id", "kinds", "properties")}
    node_id = graph.add_node(
        node.get("id"), properties, rest,
        name=text_of(properties.get("name")), type=text_of(kinds[0]) if kinds else None,
        kinds=kinds if len(kinds) > 1 else None,
    )  # fmt: skip
    if node_id is not None:
        for name, value in properties.items():
            text = text_of(value)
            if text is not None:
                ids.setdefault((name, text.lower()), node_id)


def end_of(end: Any, ids: dict[tuple[str, str], Any]) -> Any:
    """The id of an end; a name or property that no node has stays as it is."""
    content = mapping_of(end)
    if not content:
        return id_of(end)
    matchers = list_of(content.get("property_matchers"))
    name, value = "name", content.get("value")
    if matchers:
        name, value = str(mapping_of(matchers[0]).get("key")), mapping_of(matchers[0]).get("value")
    elif content.get("match_by") not in ("name", "property"):
        return value
    return ids.get((name, (text_of(value) or "").lower()), value)


OPENGRAPH = Vocabulary(name="opengraph", matches=matches, read=read)
