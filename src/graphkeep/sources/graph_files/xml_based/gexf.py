"""GEXF 1.1 to 1.3: attributes with types and defaults, visual attributes, hierarchy, times.

https://gexf.net/schema.html
"""

import json
from typing import BinaryIO, Literal

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.attribute_types import Kind
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder
from graphkeep.sources.graph_files.colors import hex_color
from graphkeep.sources.graph_files.xml_based.gexf_items import (
    EDGE_KEYS,
    NODE_KEYS,
    Item,
    add_time,
    directed_text,
    item_values,
)
from graphkeep.sources.xml_events import Attributes, XmlStream, root_element

KINDS: dict[str, Kind] = {
    "integer": "integer", "int": "integer", "long": "integer", "short": "integer", "byte": "integer",
    "biginteger": "integer", "float": "float", "double": "float", "bigdecimal": "float",
    "boolean": "boolean", "date": "time", "datetime": "time",
}  # fmt: skip
META = {"creator", "description", "keywords", "title"}


class GexfHandler:
    def __init__(self) -> None:
        self.builder = GraphBuilder("GEXF")
        self.nodes: list[Item] = []  # the open ones, from the outermost in
        self.edge: Item | None = None
        self.attribute_class: Literal["node", "edge"] = "node"
        self.attribute: Attributes = {}
        self.attribute_default: str | None = None
        self.default_directed = "true"
        self.has_weights = False
        self.has_root = False
        self.starts = {
            "graph": self.start_graph, "attributes": self.start_attributes,
            "attribute": self.start_attribute, "node": self.start_node, "edge": self.start_edge,
            "attvalue": self.start_attvalue, "color": self.start_color,
            "position": self.start_position, "size": self.start_size,
            "thickness": self.start_thickness, "shape": self.start_shape,
            "parent": self.start_parent, "spell": self.start_spell, "slice": self.start_spell,
        }  # fmt: skip
        self.ends = {
            "default": self.end_default, "attribute": self.end_attribute,
            "node": self.end_node, "edge": self.end_edge,
        }  # fmt: skip

    @property
    def item(self) -> Item | None:
        return self.edge or (self.nodes[-1] if self.nodes else None)

    def start(self, name: str, attributes: Attributes, line: int) -> None:
        if not self.has_root:
            if name != "gexf":
                raise UnreadableFileError(f"This is no GEXF: its root element is '{name}'.")
            self.has_root = True
        begin = self.starts.get(name)
        if begin is not None:
            begin(attributes, line)

    def end(self, name: str, text: str, line: int) -> None:
        finish = self.ends.get(name)
        if finish is not None:
            finish(text, line)
        elif name in META and text.strip():
            self.builder.add_graph_values([(name, text.strip())], line=line)

    def start_graph(self, attributes: Attributes, line: int) -> None:
        self.default_directed = directed_text(attributes.get("defaultedgetype", "undirected"))

    def start_attributes(self, attributes: Attributes, line: int) -> None:
        self.attribute_class = "edge" if attributes.get("class") == "edge" else "node"

    def start_attribute(self, attributes: Attributes, line: int) -> None:
        self.attribute, self.attribute_default = attributes, None

    def end_default(self, text: str, line: int) -> None:
        self.attribute_default = text

    def end_attribute(self, text: str, line: int) -> None:
        key = self.attribute.get("id", self.attribute.get("title", ""))
        self.builder.declare(
            self.attribute_class,
            key,
            name=self.attribute.get("title", key),
            kind=KINDS.get(self.attribute.get("type", "string").lower(), "text"),
            default=self.attribute_default,
        )

    def start_node(self, attributes: Attributes, line: int) -> None:
        item = Item(
            line=line, node_id=attributes.get("id", ""), values=item_values(attributes, NODE_KEYS)
        )
        add_time(item, attributes)
        parent = attributes.get("pid") or (self.nodes[-1].node_id if self.nodes else None)
        item.values["parent"] = parent or None
        self.nodes.append(item)
        if item.node_id:
            self.builder.add_node(item.node_id, {}, line=line)

    def end_node(self, text: str, line: int) -> None:
        item = self.nodes.pop()
        if not item.node_id:
            self.builder.count_node_without_id(item.values.get("label") or "", line=item.line)
            return
        if item.spells or item.timed:
            self.finish_times(item, "node")
        self.builder.add_node(item.node_id, item.values, line=item.line)

    def start_edge(self, attributes: Attributes, line: int) -> None:
        item = self.edge = Item(
            line=line,
            source=attributes.get("source"),
            target=attributes.get("target"),
            values=item_values(attributes, EDGE_KEYS),
        )
        add_time(item, attributes)
        kind = attributes.get("type")
        item.values["id"] = attributes.get("id")
        item.values["directed"] = directed_text(kind) if kind else self.default_directed
        if kind == "mutual":
            item.values["@mutual"] = "true"
        weight = attributes.get("weight")
        if weight is not None:
            self.has_weights = True
            item.values["weight"] = weight

    def end_edge(self, text: str, line: int) -> None:
        if self.edge is None:
            return
        item, self.edge = self.edge, None
        if item.spells or item.timed:
            self.finish_times(item, "edge")
        self.builder.add_edge(item.source, item.target, item.values, line=item.line)

    def start_attvalue(self, attributes: Attributes, line: int) -> None:
        item = self.item
        key = attributes.get("for", attributes.get("id"))
        if item is None or key is None or "value" not in attributes:
            return
        value = attributes["value"]
        first = attributes.get("start", attributes.get("timestamp", ""))
        last = attributes.get("end", attributes.get("endopen", ""))
        if first or last:
            item.timed.setdefault(key, []).append((first, last, value))
        item.values[ATTRIBUTE + key] = value

    def start_color(self, attributes: Attributes, line: int) -> None:
        item = self.item
        if item is None:
            return
        if "hex" in attributes:
            item.values["color"] = attributes["hex"]
        else:
            try:
                channels = [float(attributes.get(channel, "0")) for channel in "rgb"]
                item.values["color"] = hex_color(*channels)
            except (ValueError, OverflowError):
                self.builder.log.add(
                    "color-ignored",
                    "Colors that are no numbers are left out: {count}.",
                    line=line,
                    column="color",
                    before=" ".join(attributes.values()),
                )
        if attributes.get("a", "1") not in {"1", "1.0"}:
            item.values["opacity"] = attributes["a"]

    def start_position(self, attributes: Attributes, line: int) -> None:
        if self.item is not None:
            self.item.values |= {axis: attributes.get(axis) for axis in "xy"}
            if attributes.get("z", "0.0") not in {"0", "0.0", "0.00"}:
                self.item.values["z"] = attributes["z"]

    def start_size(self, attributes: Attributes, line: int) -> None:
        self.set_value("size", attributes.get("value"))

    def start_thickness(self, attributes: Attributes, line: int) -> None:
        self.set_value("thickness", attributes.get("value"))

    def start_shape(self, attributes: Attributes, line: int) -> None:
        self.set_value("shape", attributes.get("value"))
        self.set_value("@image", attributes.get("uri"))

    def start_parent(self, attributes: Attributes, line: int) -> None:
        if self.item is not None and attributes.get("for"):
            present = self.item.values.get("parent")
            added = attributes["for"]
            self.item.values["parent"] = f"{present}, {added}" if present else added

    def start_spell(self, attributes: Attributes, line: int) -> None:
        if self.item is not None:
            first = attributes.get(
                "start", attributes.get("startopen", attributes.get("timestamp"))
            )
            last = attributes.get("end", attributes.get("endopen"))
            self.item.spells.append((first or "", last or ""))

    def set_value(self, key: str, value: str | None) -> None:
        if self.item is not None and value is not None:
            self.item.values[key] = value

    def finish_times(self, item: Item, table: Literal["node", "edge"]) -> None:
        """Of several spells the first start and the last end; of values over time the last, and all as JSON."""
        if item.spells:
            item.values["start"] = item.values.get("start") or item.spells[0][0] or None
            item.values["end"] = item.values.get("end") or item.spells[-1][1] or None
            if len(item.spells) > 1:
                item.values["spells"] = json.dumps(item.spells)
        specs = self.builder.node_specs if table == "node" else self.builder.edge_specs
        for key, values in item.timed.items():
            if len(values) < 2:
                continue
            over_time = f"{ATTRIBUTE}{key} over time"
            if over_time not in specs.specs:
                spec = specs.specs.get(ATTRIBUTE + key)
                name = f"{spec.name if spec else key} over time"
                self.builder.declare(table, f"{key} over time", name=name, kind="text")
            item.values[over_time] = json.dumps(values)
            self.builder.log.add(
                "values-over-time",
                "Values that change over time, of which the last is used (all are in the column "
                f"'{specs.specs[over_time].name}'): {{count}}.",
                line=item.line,
                table=table,
                column=specs.specs[over_time].name,
                before=item.values[over_time] or "",
                after=values[-1][2],
            )


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    handler = GexfHandler()
    XmlStream(handler).parse(stream)
    if handler.has_weights:
        handler.builder.set_default_weight("1")
    return handler.builder.result()


def recognize(head: bytes, name: str) -> float:
    root = root_element(head)
    return 0.99 if root is not None and root[0] == "gexf" else 0.0


GEXF = FileFormat(
    name="gexf",
    media_type="application/gexf+xml",
    suffixes=(".gexf",),
    read=read,
    recognize=recognize,
)
