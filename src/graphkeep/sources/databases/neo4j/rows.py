"""Results of Cypher as rows of plain values, from which a graph can be read.

A node `a` gives the columns `a` (its id), `a.labels` and one for each property; a relationship `r` gives `r` (its id),
`r.type`, `r.source`, `r.destination` and its properties. A path, or a list of relationships, gives one row for each
relationship, with its number as `p.step`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point

Row = dict[str, Any]
PLAIN = {str, int, float, bool, type(None)}


def rows_of(names: Sequence[str], values: Sequence[Any]) -> Iterable[Row]:
    """The rows of one record: as many as its longest path or list of relationships has relationships, at least one."""
    record = dict(zip(names, values, strict=True))
    if PLAIN.issuperset(map(type, values)):
        return (record,)
    return graph_rows(record)


def graph_rows(record: Row) -> Iterator[Row]:
    steps = {name: steps_of(value) for name, value in record.items()}
    count = max((len(each) for each in steps.values() if each), default=1)
    for step in range(count):
        row: Row = {}
        for name, value in record.items():
            elements = steps[name]
            if elements is None:
                row |= cells(name, value)
            elif step < len(elements):
                row |= cells(name, elements[step], has_ends=True) | {f"{name}.step": step + 1}
            elif not elements and step == 0 and isinstance(value, Path):
                row |= cells(f"{name}.source", value.start_node)
        yield row


def steps_of(value: Any) -> list[Any] | None:
    """The relationships of a path, or the elements of a list of them or of nodes; None for other values."""
    if isinstance(value, Path):
        return list(value.relationships)
    if isinstance(value, list) and value:
        if all(isinstance(each, Relationship) for each in value):
            return value
        if all(isinstance(each, Node) for each in value):
            return value
    return None


def cells(name: str, value: Any, *, has_ends: bool = False) -> Row:
    """The columns of one value; `has_ends`: those of a relationship's two nodes too."""
    if isinstance(value, Node):
        return {name: value.element_id, f"{name}.labels": labels_of(value)} | properties(
            name, value, {"labels"}
        )
    if isinstance(value, Relationship):
        source, destination = value.nodes
        row = {
            name: value.element_id,
            f"{name}.type": value.type,
            f"{name}.source": element_id(source),
            f"{name}.destination": element_id(destination),
        }
        row |= properties(name, value, {"type", "source", "destination", "step"})
        if has_ends:
            row |= end_cells(f"{name}.source", source) | end_cells(
                f"{name}.destination", destination
            )
        return row
    return {name: plain(value)}


def element_id(node: Node | None) -> str | None:
    """A node without properties is falsy, as an empty mapping is."""
    return None if node is None else node.element_id


def end_cells(name: str, node: Node | None) -> Row:
    if node is None or not (node.labels or len(node)):
        return {}
    return {f"{name}.labels": labels_of(node)} | properties(name, node, {"labels"})


def properties(name: str, entity: Any, taken: set[str]) -> Row:
    return {
        f"{name}.{key}_" if key in taken else f"{name}.{key}": plain(value)
        for key, value in entity.items()
    }


def labels_of(node: Node) -> str:
    return ", ".join(sorted(node.labels))


def plain(value: Any) -> Any:
    """A value as JSON has it: times in ISO 8601, points as coordinates, bytes in hexadecimal digits."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Node):
        return {
            "id": value.element_id,
            "labels": labels_of(value),
            "properties": plain(dict(value)),
        }
    if isinstance(value, Relationship):
        return {"id": value.element_id, "type": value.type, "properties": plain(dict(value))}
    if isinstance(value, Path):
        return [plain(each) for each in value.relationships]
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Point):
        return {"srid": value.srid, "coordinates": [float(each) for each in value]}
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    iso_format = getattr(value, "iso_format", None) or getattr(value, "isoformat", None)
    return iso_format() if iso_format else str(value)
