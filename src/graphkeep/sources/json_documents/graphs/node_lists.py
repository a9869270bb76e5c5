"""Lists of nodes and edges as graph libraries write them: which of their names are ids and ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, id_of, mapping_of

NODE_LISTS = (
    "nodes",
    "vertices",
    "Nodes",
    "nodeData",
    "nodeDataArray",
    "actors",
    "entities",
    "points",
)
EDGE_LISTS = (
    "links", "edges", "relationships", "Edges", "Links", "edgeData", "linkDataArray", "rels", "arcs", "relations",
    "connections",
)  # fmt: skip
NODE_IDS = (
    "id",
    "key",
    "@id",
    "_id",
    "Id",
    "ID",
    "nodeId",
    "node_id",
    "uuid",
    "uid",
    "identity",
    "objectId",
    "name",
    "label",
    "title",
)
ENDS = (
    ("source", "target"), ("from", "to"), ("start", "end"), ("src", "dst"), ("startNode", "endNode"),
    ("sourceId", "targetId"), ("source_id", "target_id"), ("fromId", "toId"), ("from_id", "to_id"),
    ("source", "destination"), ("src", "dest"), ("Source", "Target"), ("From", "To"), ("_from", "_to"),
    ("sourceID", "targetID"), ("fromNode", "toNode"), ("sourceNode", "targetNode"),
    ("subject", "object"), ("parent", "child"), ("head", "tail"), ("node1", "node2"), ("u", "v"), ("s", "t"),
    ("a", "b"), ("sub", "obj"),
)  # fmt: skip
PARTS = ("data", "attributes", "properties", "metadata", "props", "attr", "v")
ALL_PARTS = frozenset(PARTS)
SAMPLE = 10_000


@dataclass(frozen=True, kw_only=True)
class GraphLists:
    nodes: Sequence[Any]
    edges: Sequence[Any]


def lists_of(content: Any) -> GraphLists | None:
    """The nodes and edges of an object that has a list, or an object by id, of each; None of another."""
    content = mapping_of(content)
    nodes = named_list(content, NODE_LISTS)
    edges = named_list(content, EDGE_LISTS)
    if nodes is None or edges is None or (not nodes and not edges):
        return None
    return GraphLists(nodes=nodes, edges=edges)


def named_list(content: Any, names: Sequence[str]) -> list[Any] | None:
    for name in names:
        value = content.get(name)
        if isinstance(value, list):
            return value
        if isinstance(value, dict) and all(isinstance(each, dict) for each in value.values()):
            return [with_key(key, each) for key, each in value.items()]
    return None


def with_key(key: str, entry: dict[str, Any]) -> dict[str, Any]:
    if entry.get("id", key) == key:
        return {**entry, "id": key}
    return {**entry, "id": key, "own id": entry["id"]}


def edge_ends(edges: Sequence[Any]) -> tuple[str, str] | None:
    """The two names that hold the ends of most edges."""
    sample = [with_parts(edge) for edge in edges[:SAMPLE] if isinstance(edge, dict)]
    for source, target in ENDS:
        count = sum(source in edge and target in edge for edge in sample)
        if count * 2 > len(sample):
            return source, target
    return None


def with_parts(entry: Any) -> dict[str, Any]:
    """An entry with the names that libraries put one level deeper, as `data` or `attributes`."""
    content = dict(entry)
    if ALL_PARTS.isdisjoint(content):
        return content
    for part in PARTS:
        inner = content.get(part)
        if isinstance(inner, dict):
            del content[part]
            for name, value in inner.items():
                if name not in content:
                    content[name] = value
                elif content[name] != value:
                    content[f"{part}.{name}"] = value
    return content


def end_id(value: Any) -> Any:
    """An end as an id; d3 puts the whole node there."""
    if isinstance(value, dict):
        inner = with_parts(value)
        return id_of(first_of(inner, (*NODE_IDS, "value", "index")))
    return id_of(value)


def add_lists(
    graph: GraphBuilder, lists: GraphLists, ends: tuple[str, str], *, node_id: str | None = None
) -> None:
    """The nodes and edges of these lists; ends that are no ids but positions in the list are resolved."""
    source_name, target_name = ends
    nodes = [as_node(node) for node in lists.nodes]
    edges = [as_edge(edge, ends) for edge in lists.edges]
    values = [
        end_id(edge[name]) for edge in edges[:SAMPLE] if edge for name in ends if name in edge
    ]
    id_name = node_id or id_column(nodes, values)
    ids = [None if node is None else id_of(node.get(id_name)) for node in nodes]
    by_position = positions_are_meant(ids, values, nodes)
    if by_position and len({str(each) for each in ids if each is not None}) < len(nodes):
        ids = list(range(len(nodes)))
        id_name = ""
    for node, own_id, entry in zip(nodes, ids, lists.nodes, strict=True):
        if node is None:
            graph.leave_out("entries that are no nodes", entry)
            continue
        rest = {name: value for name, value in node.items() if name != id_name or id_name == "name"}
        graph.add_node(own_id, rest, within="node")
    for edge, entry in zip(edges, lists.edges, strict=True):
        if edge is None:
            graph.leave_out("entries that are no edges", entry)
            continue
        source, target = (end_id(edge.get(name)) for name in ends)
        if by_position:
            source, target = at_position(ids, source), at_position(ids, target)
        rest = {
            name: value for name, value in edge.items() if name not in (source_name, target_name)
        }
        graph.add_edge(source, target, rest, within="edge")


def as_node(entry: Any) -> dict[str, Any] | None:
    if isinstance(entry, dict):
        return with_parts(entry)
    return None if id_of(entry) is None else {"id": entry}


def as_edge(entry: Any, ends: tuple[str, str]) -> dict[str, Any] | None:
    if isinstance(entry, dict):
        return with_parts(entry)
    if isinstance(entry, list) and len(entry) >= 2:
        rest = {f"value{i}": value for i, value in enumerate(entry[2:], start=1)}
        return {**dict(zip(ends, entry, strict=False)), **rest}
    return None


def id_column(nodes: Sequence[dict[str, Any] | None], ends: Sequence[Any]) -> str:
    """The name whose values most ends are; `id` and its like first."""
    sample = [node for node in nodes if node is not None]
    wanted = {str(end) for end in ends if end is not None}
    best, best_share = "", -1.0
    present = set().union(*sample[:1000])
    for name in NODE_IDS:
        if name not in present:
            continue
        values = {str(node[name]) for node in sample if id_of(node.get(name)) is not None}
        if not values or len(values) * 2 < len(sample):
            continue
        share = len(wanted & values) / len(wanted) if wanted else 0.0
        if share > best_share + 0.01:
            best, best_share = name, share
        if share == 1.0:
            break
    return best or "id"


def positions_are_meant(
    ids: Sequence[Any], ends: Sequence[Any], nodes: Sequence[dict[str, Any] | None]
) -> bool:
    """Whether ends count the nodes from 0: all are such numbers, and some are no ids."""
    known = {str(each) for each in ids if each is not None}
    present = [end for end in ends if end is not None]
    return bool(present) and all(
        type(end) is int and 0 <= end < len(nodes) for end in present
    ) and not all(str(end) in known for end in present)  # fmt: skip


def at_position(ids: Sequence[Any], end: Any) -> Any:
    return ids[end] if type(end) is int and 0 <= end < len(ids) else end
