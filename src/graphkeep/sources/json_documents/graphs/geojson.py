"""GeoJSON: points are nodes on the map; lines are edges between the places where they begin and end."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.graph_builder import GraphBuilder
from graphkeep.sources.json_documents.scalars import first_of, id_of, list_of, mapping_of, text_of
from graphkeep.sources.json_documents.vocabulary import Vocabulary

GEOMETRIES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)
NAMES = ("name", "NAME", "Name", "title", "label", "id")
Position = tuple[float, float]


def is_geojson(document: Any) -> bool:
    content = mapping_of(document)
    kind = content.get("type")
    if kind == "FeatureCollection":
        return isinstance(content.get("features"), list)
    if kind == "Feature":
        return "geometry" in content
    if kind == "GeometryCollection":
        return isinstance(content.get("geometries"), list)
    return kind in GEOMETRIES and isinstance(content.get("coordinates"), list)


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(map(is_geojson, documents))


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    reader = GeoReader(
        GraphBuilder(
            context=context,
            label="Places and the lines between them",
            reason="This is GeoJSON: points are nodes at their longitude and latitude, and a line is an edge "
            "from its first place to its last.",
        )
    )
    features = [feature for document in documents for feature in features_of(document)]
    for wants_lines in (False, True):
        for feature in features:
            reader.add(feature, wants_lines=wants_lines)
    reader.report()
    return reader.graph.result(title=("name",))


def features_of(document: dict[str, Any]) -> Iterator[Any]:
    if document.get("type") == "FeatureCollection":
        yield from document["features"]
    elif document.get("type") == "Feature":
        yield document
    else:
        yield {"geometry": document, "properties": {}}


class GeoReader:
    def __init__(self, graph: GraphBuilder) -> None:
        self.graph = graph
        self.places: dict[Position, Any] = {}
        self.polygon_count = 0

    def add(self, feature: Any, *, wants_lines: bool) -> None:
        """Points and polygons first, as lines end at them."""
        content = mapping_of(feature)
        if not content:
            if wants_lines:
                self.graph.leave_out("entries that are no features", feature)
            return
        details = mapping_of(content.get("properties"))
        identifier = first_of({"id": content.get("id"), **details}, ("id",))
        name = text_of(first_of(details, NAMES))
        parts = list(parts_of(content.get("geometry")))
        for number, (kind, coordinates) in enumerate(parts):
            if (kind == "LineString") == wants_lines:
                own_id = id_of(identifier)
                if own_id is not None and len(parts) > 1:
                    own_id = f"{own_id}/{number + 1}"
                self.add_part(kind, coordinates, own_id, name, details)
        if not parts and wants_lines:
            self.graph.leave_out("features without a geometry", feature)

    def add_part(
        self, kind: str, coordinates: Any, own_id: Any, name: str | None, details: Any
    ) -> None:
        if kind == "LineString":
            ends = [position_of(each) for each in (list_of(coordinates) or [None])]
            if len(ends) < 2 or ends[0] is None or ends[-1] is None:
                self.graph.leave_out("lines without two places", details)
                return
            self.graph.add_edge(
                self.place(ends[0]), self.place(ends[-1]), details, point_count=len(ends)
            )
            return
        if kind == "Polygon":
            self.polygon_count += 1
            coordinates = middle_of(coordinates)
        position = position_of(coordinates)
        if position is None:
            self.graph.leave_out("points without coordinates", details)
            return
        node_id = own_id if own_id is not None else place_name(position)
        if own_id is None and position in self.places and name is not None:
            node_id = f"{name} {place_name(position)}"
        self.places.setdefault(position, node_id)
        self.graph.add_node(
            node_id, details, name=name, longitude=position[0], latitude=position[1]
        )

    def place(self, position: Position) -> Any:
        if position not in self.places:
            self.places[position] = place_name(position)
            self.graph.add_node(
                place_name(position), name=None, longitude=position[0], latitude=position[1]
            )
        return self.places[position]

    def report(self) -> None:
        if self.polygon_count:
            self.graph.context.repairs.append(
                Repair(
                    code="area-as-point",
                    message=f"{self.polygon_count} areas are shown as a point in their middle; their outlines "
                    "are left out.",
                    count=self.polygon_count,
                )
            )


def parts_of(geometry: Any) -> Iterator[tuple[str, Any]]:
    """The single geometries of a geometry, which may be a collection of collections."""
    pending = [geometry]
    while pending:
        content = mapping_of(pending.pop())
        kind, coordinates = content.get("type"), content.get("coordinates")
        if kind == "GeometryCollection":
            pending.extend(reversed(list_of(content.get("geometries"))))
        elif isinstance(kind, str) and kind.startswith("Multi") and kind in GEOMETRIES:
            for each in list_of(coordinates):
                yield kind.removeprefix("Multi"), each
        elif kind in GEOMETRIES:
            yield str(kind), coordinates


def position_of(value: Any) -> Position | None:
    if not isinstance(value, list) or len(value) < 2:
        return None
    first, second = value[0], value[1]
    for number in (first, second):
        if isinstance(number, bool) or not isinstance(number, int | float) or abs(number) > 1e12:
            return None
    return (float(first), float(second))


def middle_of(coordinates: Any) -> Any:
    """The mean of the corners of an area's outline."""
    outline = list_of(coordinates)[:1]
    corners = [position_of(each) for each in list_of(outline[0] if outline else None)]
    known = [corner for corner in corners if corner is not None]
    if len(known) > 1 and known[0] == known[-1]:
        known = known[:-1]
    if not known:
        return None
    return [sum(corner[i] for corner in known) / len(known) for i in range(2)]


def place_name(position: Position) -> str:
    return f"{position[0]:g},{position[1]:g}" if all(
        float(f"{each:g}") == each for each in position
    ) else f"{position[0]!r},{position[1]!r}"  # fmt: skip


GEOJSON = Vocabulary(name="geojson", matches=matches, read=read)
