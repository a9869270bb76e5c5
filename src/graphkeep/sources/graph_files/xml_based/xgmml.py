"""XGMML, as Cytoscape writes it: `att` elements with types, graphics, nested graphs.

https://manual.cytoscape.org/en/stable/Supported_Network_File_Formats.html#xgmml-format
"""

import json
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.attribute_types import Kind
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder
from graphkeep.sources.xml_events import Attributes, XmlStream, local_attributes, root_element

KINDS: dict[str, Kind] = {
    "real": "float", "double": "float", "float": "float", "integer": "integer", "long": "integer",
    "boolean": "boolean",
}  # fmt: skip
GRAPHICS = {
    "node": {"x": "x", "y": "y", "z": "z", "w": "width", "h": "height", "fill": "color", "type": "shape"},
    "edge": {"fill": "color", "width": "thickness"},
}  # fmt: skip
NAMESPACE = "XGMML"
END = "\0"  # between the members of a list, which XML cannot hold


@dataclass
class Item:
    table: Literal["node", "edge"]
    line: int
    attributes: dict[str, str]
    values: dict[str, str | None] = field(default_factory=dict)


class XgmmlHandler:
    def __init__(self) -> None:
        self.builder = GraphBuilder("XGMML")
        self.items: list[Item] = []
        self.directed = ["true"]
        self.list_key: str | None = None
        self.members: list[str] = []
        self.graphics_depth = 0
        self.has_root = False

    def start(self, name: str, attributes: Attributes, line: int) -> None:
        values = local_attributes(attributes)
        if not self.has_root and name != "graph":
            raise UnreadableFileError(f"This is no XGMML: its root element is '{name}'.")
        self.has_root = True
        if name == "graph":
            self.directed.append("false" if values.get("directed") == "0" else "true")
        elif name in ("node", "edge"):
            table: Literal["node", "edge"] = "node" if name == "node" else "edge"
            self.items.append(Item(table=table, line=line, attributes=values))
        elif name == "graphics":
            self.graphics_depth += 1
            self.add_graphics(values)
        elif name == "att" and not self.graphics_depth:
            self.add_attribute(values, line)
        elif name == "att" and values.get("value"):
            self.builder.log.add(
                "style-dropped",
                "Styles inside of graphics, such as fonts, are left out: {count}.",
                line=line,
                before=f"{values.get('name', '')}: {values['value']}",
            )

    def end(self, name: str, text: str, line: int) -> None:
        if name == "graphics":
            self.graphics_depth -= 1
        elif name == "graph":
            self.directed.pop()
        elif name == "att" and self.list_key is not None and not self.graphics_depth:
            self.end_attribute()
        elif name == "node":
            self.end_node(self.items.pop())
        elif name == "edge":
            self.end_edge(self.items.pop())

    def add_attribute(self, values: dict[str, str], line: int) -> None:
        """A value of the innermost node or edge; the members of a list follow as `att` of their own."""
        if self.list_key is not None:
            self.members.append(values.get("value", ""))
            return
        name = values.get("name", "")
        if not self.items:
            if "value" in values:
                self.builder.add_graph_values([(name, values["value"])], line=line)
            return
        item, key = self.items[-1], ATTRIBUTE + name
        if values.get("type") == "list":
            self.list_key, self.members = key, []
        elif "value" in values:
            specs = self.builder.node_specs if item.table == "node" else self.builder.edge_specs
            if key not in specs.specs:
                kind = KINDS.get(values.get("type", "string").lower(), "text")
                self.builder.declare(item.table, name, name=name, kind=kind)
            item.values[key] = values["value"]

    def end_attribute(self) -> None:
        """The end of a member, or of the list where no member is open."""
        if self.members and self.members[-1] != END:
            self.members.append(END)
            return
        members = [member for member in self.members if member != END]
        if self.items and self.list_key is not None:
            self.items[-1].values[self.list_key] = json.dumps(members, ensure_ascii=False)
        self.list_key = None

    def add_graphics(self, values: dict[str, str]) -> None:
        if self.items:
            item = self.items[-1]
            for name, value in values.items():
                key = GRAPHICS[item.table].get(name, f"{ATTRIBUTE}graphics.{name}")
                item.values[key] = value

    def end_node(self, item: Item) -> None:
        node_id = item.attributes.get("id") or item.attributes.get("href", "").lstrip("#")
        parents = [each.attributes.get("id") for each in self.items if each.table == "node"]
        if not node_id:
            self.builder.count_node_without_id(item.attributes.get("label", ""), line=item.line)
            return
        values = {"label": item.attributes.get("label"), "parent": parents[-1] if parents else None}
        self.builder.add_node(node_id, values | item.values, line=item.line)

    def end_edge(self, item: Item) -> None:
        directed = item.attributes.get("directed")
        values: dict[str, str | None] = {
            "id": item.attributes.get("id"),
            "label": item.attributes.get("label"),
            "weight": item.attributes.get("weight"),
            "directed": self.directed[-1] if directed is None else directed,
        }
        self.builder.add_edge(
            item.attributes.get("source"),
            item.attributes.get("target"),
            values | item.values,
            line=item.line,
        )


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    handler = XgmmlHandler()
    XmlStream(handler).parse(stream)
    return handler.builder.result()


def recognize(head: bytes, name: str) -> float:
    root = root_element(head)
    if root is None or root[0] != "graph":
        return 0.0
    is_named = NAMESPACE in root[1].upper() or name.lower().endswith(".xgmml")
    return 0.99 if is_named or b"xgmml" in head.lower() else 0.0


XGMML = FileFormat(
    name="xgmml",
    media_type="application/x-xgmml",
    suffixes=(".xgmml",),
    read=read,
    recognize=recognize,
)
