"""Trees: nodes that hold their children, as d3 hierarchies and many exports have them."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.graphs.node_lists import NODE_IDS
from graphkeep.sources.json_documents.scalars import first_of, id_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

CHILDREN = ("children", "_children", "Children", "childNodes", "subtree")
NAMES = ("name", "label", "title", "text", "id")


def children_of(node: Any) -> list[Any] | None:
    content = mapping_of(node)
    for name in CHILDREN:
        if isinstance(content.get(name), list):
            return list(content[name])
    return None


def is_tree(document: Any) -> bool:
    children = children_of(document)
    if not children or not all(isinstance(child, dict) for child in children):
        return False
    return first_of(document, NODE_IDS) is not None and any(
        first_of(child, NODE_IDS) is not None for child in children
    )


def matches(documents: Sequence[Any]) -> bool:
    return any(map(is_tree, documents)) and all(
        isinstance(each, dict)
        and (children_of(each) is None or is_tree(each) or not children_of(each))
        for each in documents
    )


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Tree of nodes and their children",
        reason="Each entry holds its children; an edge goes from every parent to each child.",
    )
    id_name = unique_name(documents)
    pending: list[tuple[Any, Any, str]] = [(each, None, "") for each in reversed(documents)]
    while pending:
        node, parent, path = pending.pop()
        if not isinstance(node, dict):
            if id_of(node) is None:
                graph.leave_out("entries that are no nodes", node)
                continue
            node = {"name": node}
        name = text_of(first_of(node, NAMES)) or str(len(graph.nodes))
        path = f"{path}/{name}" if path else name
        node_id = node.get(id_name) if id_name else path
        rest = {key: value for key, value in node.items() if key not in CHILDREN and key != id_name}
        own_id = graph.add_node(path if id_of(node_id) is None else node_id, rest, name=name)
        if parent is not None:
            graph.add_edge(parent, own_id)
        pending.extend((child, own_id, path) for child in reversed(children_of(node) or []))
    return graph.result(title=("name",))


def unique_name(documents: Sequence[Any]) -> str:
    """The name that every node of the trees has, each with a value of its own; none means paths are ids."""
    seen: dict[str, set[str]] = {name: set() for name in NODE_IDS}
    count = 0
    pending = list(documents)
    while pending:
        node = pending.pop()
        count += 1
        for name in NODE_IDS:
            value = text_of(mapping_of(node).get(name))
            if value is not None:
                seen[name].add(value)
        pending.extend(list_of(children_of(node)))
    return next((name for name in NODE_IDS if len(seen[name]) == count), "")


TREE = Vocabulary(name="tree", matches=matches, read=read)
