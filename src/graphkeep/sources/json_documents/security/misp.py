"""MISP: events, objects, attributes, tags and clusters are nodes; what holds, names or relates to what are edges."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import (
    first_of,
    list_of,
    mapping_of,
    mappings_of,
    text_of,
)
from graphkeep.sources.json_documents.vocabulary import Vocabulary

PARTS = (
    "Attribute", "Object", "Tag", "Galaxy", "RelatedEvent", "Orgc", "Org", "EventReport", "ObjectReference",
    "ShadowAttribute", "EventTag", "AttributeTag",
)  # fmt: skip


EVENT_FIELDS = {"threat_level_id", "orgc_id", "analysis", "Attribute", "Object", "EventReport"}


def events_of(document: Any) -> list[Any]:
    """The events of a document, or none: one event, a list of them, or an answer of the REST interface."""
    if isinstance(document, list):
        return [event for each in document for event in events_of(each)]
    content = mapping_of(document)
    inner = content.get("response", content.get("Event"))
    if isinstance(inner, dict | list):
        return events_of(inner)
    return [document] if is_event(content) else []


def is_event(content: Mapping[str, Any]) -> bool:
    if "info" in content and EVENT_FIELDS & content.keys():
        return True
    attributes, objects = mappings_of(content.get("Attribute")), mappings_of(content.get("Object"))
    return any({"type", "value"} <= each.keys() for each in attributes) or any(
        "meta-category" in each for each in objects
    )


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(
        isinstance(document, dict) and events_of(document) for document in documents
    )


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="MISP events and indicators",
        reason="This is MISP: events, objects, attributes and tags are nodes; an attribute of the same value "
        "in two events is one node.",
    )
    events = [event for document in documents for event in events_of(document)]
    ids: dict[str, Any] = {}
    for event in events:
        for attribute in [*mappings_of(event.get("Attribute")), *attributes_of_objects(event)]:
            note(ids, attribute, attribute.get("value"))
        for entry in mappings_of(event.get("Object")):
            note(ids, entry, first_of(entry, ("uuid", "id")))
    for event in events:
        add_event(graph, event, ids)
    return graph.result(title=("name",))


def note(ids: dict[str, Any], entry: dict[str, Any], node_id: Any) -> None:
    for name in ("uuid", "id"):
        key = text_of(entry.get(name))
        if key is not None and text_of(node_id) is not None:
            ids.setdefault(f"{name}:{key}", text_of(node_id))


def attributes_of_objects(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in mappings_of(event.get("Object")):
        yield from mappings_of(entry.get("Attribute"))


def event_id(event: Mapping[str, Any]) -> str | None:
    return text_of(first_of(event, ("uuid", "id", "info")))


def add_event(graph: GraphBuilder, event: dict[str, Any], ids: dict[str, Any]) -> None:
    creator = mapping_of(first_of(event, ("Orgc", "Org")))
    node_id = None
    if event.keys() - set(PARTS):
        node_id = graph.add_node(
            event_id(event), without_parts(event),
            name=text_of(event.get("info")), type="event", creator=text_of(creator.get("name")),
        )  # fmt: skip
    for attribute in list_of(event.get("Attribute")):
        add_attribute(graph, attribute, node_id, "attribute")
    for entry in list_of(event.get("Object")):
        add_object(graph, entry, node_id, ids)
    add_tags(graph, event, node_id)
    for related in mappings_of(event.get("RelatedEvent")):
        other = mapping_of(related.get("Event")) or related
        other_id = graph.add_new_node(
            event_id(other), without_parts(other), name=text_of(other.get("info")), type="event"
        )
        graph.add_edge(node_id, other_id, type="related-event")


def without_parts(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in PARTS}


def add_attribute(graph: GraphBuilder, attribute: Any, holder: Any, relation: str) -> None:
    if not isinstance(attribute, dict):
        graph.leave_out("entries that are no attributes", attribute)
        return
    value = text_of(attribute.get("value"))
    if value is None:
        graph.leave_out("attributes without a value", attribute)
        return
    graph.add_new_node(value, name=value, type=text_of(attribute.get("type")) or "attribute")
    details = {
        name: content
        for name, content in without_parts(attribute).items()
        if name not in ("value", "type", "object_relation")
    }
    if holder is not None:
        kind = text_of(attribute.get("object_relation")) or relation
        graph.add_edge(holder, value, details, type=kind)
    add_tags(graph, attribute, value)


def add_object(graph: GraphBuilder, entry: Any, event: Any, ids: dict[str, Any]) -> None:
    if not isinstance(entry, dict):
        graph.leave_out("entries that are no objects", entry)
        return
    node_id = graph.add_node(
        text_of(first_of(entry, ("uuid", "id"))), without_parts(entry),
        name=text_of(entry.get("name")), type=text_of(entry.get("meta-category")) or "object",
    )  # fmt: skip
    if node_id is None:
        return
    if event is not None:
        graph.add_edge(event, node_id, type="object")
    for attribute in list_of(entry.get("Attribute")):
        add_attribute(graph, attribute, node_id, "attribute")
    for reference in mappings_of(entry.get("ObjectReference")):
        target = ids.get(f"uuid:{text_of(reference.get('referenced_uuid'))}") or ids.get(
            f"id:{text_of(reference.get('referenced_id'))}"
        )
        graph.add_edge(
            node_id, target or reference.get("referenced_uuid"),
            {"comment": reference.get("comment")},
            type=text_of(reference.get("relationship_type")) or "reference",
        )  # fmt: skip


def add_tags(graph: GraphBuilder, entry: dict[str, Any], holder: Any) -> None:
    for tag in [*mappings_of(entry.get("Tag")), *mappings_of(entry.get("EventTag"))]:
        content = mapping_of(tag.get("Tag")) or tag
        name = text_of(content.get("name"))
        graph.add_new_node(
            name, name=name, type="tag", color=text_of(first_of(content, ("colour", "color")))
        )
        if holder is not None:
            graph.add_edge(holder, name, type="tag")
    for galaxy in mappings_of(entry.get("Galaxy")):
        for cluster in mappings_of(galaxy.get("GalaxyCluster")):
            name = text_of(first_of(cluster, ("value", "tag_name", "uuid")))
            graph.add_new_node(
                name, name=name, type="galaxy", galaxy=text_of(galaxy.get("name")),
                description=text_of(cluster.get("description")),
            )  # fmt: skip
            if holder is not None:
                graph.add_edge(holder, name, type="galaxy")


MISP = Vocabulary(name="misp", matches=matches, read=read)
