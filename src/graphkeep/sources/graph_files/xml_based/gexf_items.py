"""A node or an edge of GEXF, until its element ends."""

from graphkeep.sources.graph_files.builder import ATTRIBUTE
from graphkeep.sources.xml_events import Attributes

ITEM_KEYS = {"label": "label", "start": "start", "end": "end", "kind": "@kind"}
TIME_KEYS = {
    "startopen": "start", "endopen": "end", "timestamp": "start",
}  # fmt: skip
TIMES = frozenset(("startopen", "endopen", "timestamp", "timestamps", "intervals", "timeset"))
NODE_KEYS = TIMES | {"id", "pid"}
EDGE_KEYS = TIMES | {"id", "source", "target", "type", "weight"}


class Item:
    """A node or an edge, until its element ends."""

    __slots__ = ("line", "node_id", "source", "spells", "target", "timed", "values")

    def __init__(
        self,
        line: int,
        values: dict[str, str | None],
        *,
        node_id: str = "",
        source: str | None = None,
        target: str | None = None,
    ) -> None:
        self.line = line
        self.values = values
        self.node_id = node_id
        self.source = source
        self.target = target
        self.spells: list[tuple[str, str]] = []
        self.timed: dict[str, list[tuple[str, str, str]]] = {}


def directed_text(edge_type: str) -> str:
    return "true" if edge_type.lower() in {"directed", "dir"} else "false"


def item_values(attributes: Attributes, known: frozenset[str]) -> dict[str, str | None]:
    """Label and times of a node or edge, and attributes that GEXF does not know."""
    values: dict[str, str | None] = {}
    for name, value in attributes.items():
        key = ITEM_KEYS.get(name)
        if key is not None:
            values[key] = value
        elif name in known:
            continue
        elif not name.startswith("xml") and ":" not in name:
            values[ATTRIBUTE + name] = value
    return values


def add_time(item: Item, attributes: Attributes) -> None:
    if TIMES.isdisjoint(attributes):
        return
    for name, key in TIME_KEYS.items():
        if name in attributes and key not in item.values:
            item.values[key] = attributes[name]
    for name in ("timestamps", "intervals", "timeset"):
        if name in attributes:
            item.values[f"@{name}"] = attributes[name]
