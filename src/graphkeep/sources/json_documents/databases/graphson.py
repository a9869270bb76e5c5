"""GraphSON of TinkerPop in its three versions (JanusGraph, Neptune, Cosmos DB), and results of TigerGraph."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import (
    first_of,
    id_of,
    list_of,
    mapping_of,
    mappings_of,
    text_of,
)
from graphkeep.sources.json_documents.vocabulary import Vocabulary

NAMES = ("name", "title", "label", "displayName")
MAX_DEPTH = 60
MAX_LOOKED_AT = 2000
ENTITIES = ("g:Vertex", "g:Edge")


def untyped(value: Any, depth: int = 0) -> Any:
    """A value without the `@type` of GraphSON 2 and 3; vertices and edges keep it."""
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [untyped(each, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"@type", "@value"}:
        kind, inner = value["@type"], untyped(value["@value"], depth + 1)
        if kind == "g:Map" and isinstance(inner, list):
            pairs = zip(inner[::2], inner[1::2], strict=False)
            return {str(id_of(key)): each for key, each in pairs}
        if kind in ENTITIES and isinstance(inner, dict):
            return {**inner, "@type": kind}
        return inner
    return {name: untyped(each, depth + 1) for name, each in value.items()}


def is_vertex(value: dict[str, Any]) -> bool:
    if "v_id" in value and "v_type" in value:
        return True
    if value.get("@type") == "g:Vertex" or value.get("_type") == "vertex":
        return True
    has_edges = any(isinstance(value.get(name), dict) for name in ("outE", "inE"))
    return "id" in value and "label" in value and (has_edges or value.get("type") == "vertex")


def is_edge(value: dict[str, Any]) -> bool:
    return (
        ("inV" in value and "outV" in value)
        or ("_inV" in value and "_outV" in value)
        or ("e_type" in value and "from_id" in value and "to_id" in value)
    )


def entities_of(documents: Sequence[Any], limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Every vertex and edge, in the order of the file, with what is nested in them left inside."""
    pending = list(reversed(documents))
    while pending and (limit is None or limit > 0):
        value = pending.pop()
        limit = None if limit is None else limit - 1
        if isinstance(value, list):
            pending.extend(reversed(value))
        elif isinstance(value, dict):
            if is_vertex(value) or is_edge(value):
                yield value
            else:
                pending.extend(reversed(list(value.values())))


def matches(documents: Sequence[Any]) -> bool:
    sample = [untyped(each) for each in documents[:20]]
    return any(True for _ in entities_of(sample, MAX_LOOKED_AT))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Vertices and edges of the database",
        reason="The file holds vertices and edges of a graph database, with their properties.",
    )
    edges: dict[str, None] = {}
    entities = list(entities_of([untyped(each) for each in documents]))
    types: dict[str, set[str]] = {}
    for entity in entities:
        if "v_id" in entity:
            types.setdefault(str(entity["v_id"]), set()).add(str(entity["v_type"]))
    for entity in entities:
        if "v_id" in entity:
            add_tiger_vertex(graph, entity, types)
        elif "e_type" in entity:
            add_tiger_edge(graph, entity, types)
        elif is_vertex(entity):
            add_vertex(graph, entity, edges)
        else:
            add_edge(graph, entity, edges)
    return graph.result(title=("name",))


def add_vertex(graph: GraphBuilder, vertex: dict[str, Any], seen: dict[str, None]) -> None:
    node_id = first_of(vertex, ("id", "_id"))
    properties = properties_of(vertex)
    kind = text_of(vertex.get("label"))
    graph.add_new_node(
        node_id, properties, name=text_of(first_of(properties, NAMES)), type=kind,
    )  # fmt: skip
    for direction, own, other in (("outE", "outV", "inV"), ("inE", "inV", "outV")):
        for label, group in mapping_of(vertex.get(direction)).items():
            for edge in mappings_of(group):
                add_edge(
                    graph, {"label": label, own: node_id, other: edge.get(other), **edge}, seen
                )


def add_edge(graph: GraphBuilder, edge: dict[str, Any], seen: dict[str, None]) -> None:
    """An edge, once: the vertices of both ends list it."""
    source, target = first_of(edge, ("outV", "_outV")), first_of(edge, ("inV", "_inV"))
    kind = text_of(first_of(edge, ("label", "_label")))
    own_id = first_of(edge, ("id", "_id"))
    if own_id is not None:
        key = f"{own_id} {source} {target} {kind}"
        if key in seen:
            return
        seen[key] = None
    graph.add_edge(source, target, properties_of(edge), type=kind)


def properties_of(entity: dict[str, Any]) -> dict[str, Any]:
    """Properties without the lists and ids that GraphSON writes around each value."""
    inner = entity.get("properties")
    if not isinstance(inner, dict):
        own = (
            "id",
            "label",
            "type",
            "@type",
            "inE",
            "outE",
            "inV",
            "outV",
            "inVLabel",
            "outVLabel",
        )
        return {
            name: value
            for name, value in entity.items()
            if name not in own and not name.startswith("_")
        }
    found: dict[str, Any] = {}
    for name, value in inner.items():
        values = [plain_value(each) for each in list_of(value)]
        found[name] = values[0] if len(values) == 1 else values
    return found


def plain_value(value: Any) -> Any:
    """The value of a property, which a vertex writes with an id and an edge with its key."""
    content = mapping_of(value)
    if "value" in content and content.keys() <= {
        "id",
        "value",
        "label",
        "key",
        "@type",
        "properties",
    }:
        return content["value"]
    return value


def tiger_id(node_id: Any, kind: Any, types: dict[str, set[str]]) -> Any:
    """The id of a vertex, with its type where vertices of two types have it."""
    return f"{kind}:{node_id}" if len(types.get(str(node_id), ())) > 1 else node_id


def add_tiger_vertex(
    graph: GraphBuilder, vertex: dict[str, Any], types: dict[str, set[str]]
) -> None:
    kind = text_of(vertex["v_type"])
    attributes = mapping_of(vertex.get("attributes"))
    graph.add_new_node(
        tiger_id(vertex["v_id"], kind, types), attributes,
        name=text_of(first_of(attributes, NAMES)), type=kind,
    )  # fmt: skip


def add_tiger_edge(graph: GraphBuilder, edge: dict[str, Any], types: dict[str, set[str]]) -> None:
    graph.add_edge(
        tiger_id(edge["from_id"], edge.get("from_type"), types),
        tiger_id(edge["to_id"], edge.get("to_type"), types),
        mapping_of(edge.get("attributes")),
        type=text_of(edge["e_type"]), directed=edge.get("directed"),
    )  # fmt: skip


GRAPHSON = Vocabulary(name="graphson", matches=matches, read=read)
