"""Nodes, relationships and paths of property graph databases in JSON, however their results nest them."""

from collections.abc import Sequence
from typing import Any

from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import (
    first_of,
    id_of,
    list_of,
    mapping_of,
    text_of,
    unwrapped,
)

IDS = (
    "elementId",
    "element_id",
    "_element_id",
    "identity",
    "id",
    "_id",
    "<id>",
    "~id",
    "~elementId",
)
LABELS = ("labels", "_labels", "~labels")
PROPERTIES = ("properties", "_properties", "~properties")
TYPES = ("type", "_type", "~type", "label", "~label", "relationshipType")
STARTS = (
    "startNodeElementId",
    "start_node_element_id",
    "_start_node_element_id",
    "startNode",
    "start",
    "~start",
    "_start",
)
ENDS = (
    "endNodeElementId",
    "end_node_element_id",
    "_end_node_element_id",
    "endNode",
    "end",
    "~end",
    "_end",
)
NAMES = ("name", "title", "displayName", "label", "username", "id")


def value_of(value: Any) -> Any:
    """A value without the `$type` of Neo4j's typed JSON."""
    if isinstance(value, dict):
        if value.keys() == {"$type", "_value"}:
            inner = value["_value"]
            if isinstance(inner, dict):
                return {name: value_of(each) for name, each in inner.items()}
            if isinstance(inner, list):
                return [value_of(each) for each in inner]
            return int(inner) if is_integer(value["$type"], inner) else inner
        return unwrapped(value)
    return value


def is_integer(kind: Any, value: Any) -> bool:
    return (
        kind == "Integer"
        and isinstance(value, str)
        and value.lstrip("-").isdecimal()
        and len(value) < 30
    )


def own_id(value: Any, names: Sequence[str] = IDS) -> Any:
    """The first id of an entity; older and newer ones stand beside one another, and the older is in both ends."""
    content = mapping_of(value)
    for name in names:
        identifier = value_of(content.get(name))
        if isinstance(identifier, dict):
            identifier = own_id(identifier)
        if id_of(identifier) is not None:
            return identifier
    return None


def is_node(value: dict[str, Any]) -> bool:
    return (
        any(isinstance(value_of(value.get(name)), list) for name in LABELS)
        and own_id(value) is not None
        and not is_relationship(value)
    )


def is_relationship(value: dict[str, Any]) -> bool:
    """Whether this has two ends, a type, and what only an entity of a database has: an id and properties."""
    return (
        own_id(value, STARTS) is not None
        and own_id(value, ENDS) is not None
        and any(isinstance(value.get(name), str) for name in TYPES)
        and own_id(value) is not None
        and (
            properties_of(value) is not None
            or value.get("type") == "relationship"
            or isinstance(value.get("start"), dict)
        )
    )


def is_path(value: dict[str, Any]) -> bool:
    return isinstance(value.get("segments"), list) and "start" in value


def holds_graph(documents: Sequence[Any], limit: int = 2000) -> bool:
    """Whether there is a relationship or a path among the first objects, with a node beside it or alone."""
    pending = list(reversed(documents[:200]))
    found_node = False
    while pending and limit:
        value = value_of(pending.pop())
        limit -= 1
        if isinstance(value, dict):
            if is_path(value) or is_relationship(value):
                return True
            found_node = found_node or (is_node(value) and properties_of(value) is not None)
            pending.extend(reversed(list(value.values())[:100]))
        elif isinstance(value, list):
            pending.extend(reversed(value[:100]))
    return found_node


def properties_of(value: dict[str, Any]) -> dict[str, Any] | None:
    for name in PROPERTIES:
        inner = value_of(value.get(name))
        if isinstance(inner, dict):
            return {key: value_of(each) for key, each in inner.items()}
    return None


class EntityCollector:
    """Adds every node and relationship of some documents once; what is neither is left to `others`."""

    def __init__(self, graph: GraphBuilder) -> None:
        self.graph = graph
        self.relationships: set[str] = set()
        self.partial: dict[str, dict[str, Any]] = {}
        self.others: list[Any] = []

    def add_all(self, documents: Sequence[Any]) -> None:
        pending = list(reversed(documents))
        while pending:
            value = value_of(pending.pop())
            if isinstance(value, list):
                pending.extend(reversed(value))
            elif not isinstance(value, dict):
                continue
            elif is_relationship(value):
                self.add_relationship(value)
            elif is_node(value):
                self.add_node(value)
            else:
                pending.extend(reversed(list(value.values())))
        known = {str(each) for each in self.graph.node_ids}
        for key, value in self.partial.items():
            if key not in known:
                self.graph.add_node(own_id(value), type=label_of(value))

    def add_node(self, value: dict[str, Any]) -> None:
        node_id = own_id(value)
        properties = properties_of(value)
        if properties is None:
            self.partial.setdefault(str(node_id), value)
            return
        labels = list_of(next((value_of(value[name]) for name in LABELS if name in value), None))
        self.graph.add_new_node(
            node_id, properties,
            name=text_of(value_of(first_of(properties, NAMES))), type=label_of(value),
            labels=labels if len(labels) > 1 else None,
        )  # fmt: skip

    def add_relationship(self, value: dict[str, Any]) -> None:
        start, end = own_id(value, STARTS), own_id(value, ENDS)
        kind = text_of(first_of(value, TYPES)) if value.get("type") != "relationship" else None
        kind = kind or text_of(value.get("label"))
        key = f"{own_id(value)} {start} {end} {kind}"
        if own_id(value) is not None and key in self.relationships:
            return
        self.relationships.add(key)
        for name in ("start", "end", "startNode", "endNode"):
            inner = value_of(value.get(name))
            if isinstance(inner, dict) and own_id(inner) is not None:
                self.add_node(inner)
        self.graph.add_edge(start, end, properties_of(value), type=kind)


def label_of(value: dict[str, Any]) -> str | None:
    labels = list_of(next((value_of(value[name]) for name in LABELS if name in value), None))
    return text_of(value_of(labels[0])) if labels else None
