"""TopoJSON: areas are nodes at the middle of their outline, and neighbors where they share a line of the topology."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.graphs.geojson import NAMES, Position, middle_of, position_of
from graphkeep.sources.json_documents.scalars import first_of, id_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

MAX_SHARED = 16  # geometries at one line, of which each pair is joined
MAX_DEPTH = 6
MAX_ARC = 1 << 53


def is_topology(document: Any) -> bool:
    content = mapping_of(document)
    return (
        content.get("type") == "Topology"
        and isinstance(content.get("arcs"), list)
        and isinstance(content.get("objects"), dict)
    )


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(map(is_topology, documents))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    graph = GraphBuilder(
        context=context,
        label="Areas and their neighbors",
        reason="This is TopoJSON: each geometry is a node in the middle of its outline, and two are joined where "
        "they share a line.",
    )
    for number, document in enumerate(documents):
        add_topology(graph, document, f"{number}/" if len(documents) > 1 else "")
    return graph.result(title=("name",))


def add_topology(graph: GraphBuilder, document: dict[str, Any], prefix: str) -> None:
    arcs, transform = document["arcs"], mapping_of(document.get("transform"))
    owners: dict[int, dict[Any, None]] = {}
    for layer, content in document["objects"].items():
        for number, geometry in enumerate(geometries_of(content)):
            details = mapping_of(geometry.get("properties"))
            own_id = id_of(geometry.get("id"))
            node_id = (
                f"{prefix}{layer}/{number}"
                if own_id is None
                else f"{prefix}{own_id}"
                if prefix
                else own_id
            )
            used = [each if each >= 0 else ~each for each in arc_numbers(geometry.get("arcs"))]
            position = middle_of_arc(arcs, used, transform) or placed(
                geometry.get("coordinates"), transform
            )
            place = {} if position is None else {"longitude": position[0], "latitude": position[1]}
            name = text_of(first_of(details, NAMES))
            graph.add_new_node(node_id, details, name=name, layer=layer, **place)
            for arc in used:
                owners.setdefault(arc, {})[node_id] = None
    pairs: dict[tuple[Any, Any], int] = {}
    for arc, sharing in owners.items():
        if len(sharing) > MAX_SHARED:
            graph.leave_out("lines that more areas share than can be neighbors", {"arc": arc})
            continue
        for pair in combinations(sharing, 2):
            pairs[pair] = pairs.get(pair, 0) + 1
    for (first, second), count in pairs.items():
        graph.add_edge(first, second, shared_lines=count)


def geometries_of(content: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    geometry = mapping_of(content)
    if geometry.get("type") == "GeometryCollection" and depth < MAX_DEPTH:
        for each in list_of(geometry.get("geometries")):
            yield from geometries_of(each, depth + 1)
    elif geometry.get("type"):
        yield geometry


def arc_numbers(value: Any, depth: int = 0) -> Iterator[int]:
    """The numbers in nested lists of lines; a negative one is a line that is walked backwards."""
    for each in list_of(value):
        if isinstance(each, list) and depth < MAX_DEPTH:
            yield from arc_numbers(each, depth + 1)
        elif isinstance(each, int) and not isinstance(each, bool) and abs(each) < MAX_ARC:
            yield each


def middle_of_arc(
    arcs: Sequence[Any], used: Sequence[int], transform: Mapping[str, Any]
) -> Position | None:
    """The mean of the ends of a geometry's lines."""
    ends = []
    for number in used:
        points = list_of(arcs[number]) if number < len(arcs) else []
        if points:
            ends.append(placed(points[0], transform))
    middle = middle_of([[list(each) for each in ends if each is not None]])
    return None if middle is None else (middle[0], middle[1])


def placed(value: Any, transform: Mapping[str, Any]) -> Position | None:
    """A position of whole numbers on the grid of the file as longitude and latitude."""
    position = position_of(value)
    scale, translate = position_of(transform.get("scale")), position_of(transform.get("translate"))
    if position is None or scale is None or translate is None:
        return position
    return (position[0] * scale[0] + translate[0], position[1] * scale[1] + translate[1])


TOPOJSON = Vocabulary(name="topojson", matches=matches, read=read)
