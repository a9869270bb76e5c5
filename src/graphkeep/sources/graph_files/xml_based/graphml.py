"""GraphML: keys with types and defaults, nested graphs, ports, hyperedges, and what yEd and Gephi add.

http://graphml.graphdrawing.org/specification.html
"""

from dataclasses import dataclass
from typing import BinaryIO, Literal

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.attribute_types import Kind
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder
from graphkeep.sources.graph_files.xml_based.yed import YedGraphics
from graphkeep.sources.xml_events import Attributes, XmlStream, root_element

KINDS: dict[str, Kind] = {
    "int": "integer", "integer": "integer", "long": "integer", "short": "integer",
    "float": "float", "double": "float", "boolean": "boolean",
}  # fmt: skip
Table = Literal["node", "edge"]
KNOWN = {
    "node": {"id"},
    "edge": {"id", "source", "target", "directed", "sourceport", "targetport"},
}


@dataclass
class Key:
    id: str
    name: str
    kind: Kind
    tables: tuple[Table, ...]
    is_graphics: bool = False
    default: str | None = None


class Item:
    """A node or an edge, until its element ends."""

    __slots__ = ("graphics", "line", "node_id", "source", "table", "target", "values")

    def __init__(
        self,
        table: Table,
        line: int,
        values: dict[str, str | None],
        *,
        node_id: str = "",
        source: str | None = None,
        target: str | None = None,
    ) -> None:
        self.table = table
        self.line = line
        self.values = values
        self.node_id = node_id
        self.source = source
        self.target = target
        self.graphics = YedGraphics()

    def all_values(self) -> dict[str, str | None]:
        drawn = self.graphics.values
        return {**self.values, **drawn} if drawn else self.values


class GraphmlHandler:
    def __init__(self) -> None:
        self.builder = GraphBuilder("GraphML")
        self.keys: dict[str, Key] = {}
        self.key: Key | None = None
        self.items: list[Item] = []
        self.data_key: str | None = None
        self.data_parts: list[str] = []
        self.data_depth = 0
        self.directed: list[str] = []
        self.hyperedge_line = 0
        self.port_depth = 0
        self.has_root = False

    def start(self, name: str, attributes: Attributes, line: int) -> None:
        if not self.has_root:
            if name != "graphml":
                raise UnreadableFileError(f"This is no GraphML: its root element is '{name}'.")
            self.has_root = True
        if self.data_key is not None:
            self.data_depth += 1
            if self.items:
                self.items[-1].graphics.start(name, attributes)
        elif name == "edge":
            self.start_edge(attributes, line)
        elif name == "node":
            self.start_node(attributes, line)
        elif name == "data":
            self.data_key, self.data_depth, self.data_parts = attributes.get("key", ""), 0, []
        elif name == "key":
            self.start_key(attributes)
        elif name == "graph":
            self.directed.append(
                "false" if attributes.get("edgedefault") == "undirected" else "true"
            )
        elif name == "port":
            self.port_depth += 1
        elif name == "hyperedge":
            self.hyperedge_line = line
            self.builder.log.add(
                "hyperedge-dropped",
                "Hyperedges, which join more than two nodes, are left out: {count}.",
                line=line,
                table="edge",
                before=attributes.get("id", ""),
            )

    def end(self, name: str, text: str, line: int) -> None:
        if self.data_key is not None:
            if self.data_depth == 0:
                self.end_data(text, line)
                return
            self.data_depth -= 1
            if self.items:
                self.items[-1].graphics.end(name, text)
            if text.strip():
                self.data_parts.append(text.strip())
        elif name == "edge":
            item = self.items.pop()
            self.builder.add_edge(item.source, item.target, item.all_values(), line=item.line)
        elif name == "node":
            self.end_node()
        elif name == "key":
            self.end_key()
        elif name == "default" and self.key is not None:
            self.key.default = text
        elif name == "graph" and self.directed:
            self.directed.pop()
        elif name == "port":
            self.port_depth -= 1
        elif name == "hyperedge":
            self.hyperedge_line = 0
        elif name == "desc" and text.strip() and not self.hyperedge_line:
            self.end_desc(text.strip(), line)

    def start_key(self, attributes: Attributes) -> None:
        key_id = attributes.get("id", "")
        domain = attributes.get("for", "all")
        tables: tuple[Table, ...] = ("node", "edge") if domain == "all" else ()
        if domain in {"node", "edge"}:
            tables = ("node",) if domain == "node" else ("edge",)
        self.key = Key(
            id=key_id,
            name=attributes.get("attr.name") or attributes.get("name") or key_id,
            kind=KINDS.get(attributes.get("attr.type", "string").lower(), "text"),
            tables=tables,
            is_graphics=attributes.get("yfiles.type") in {"nodegraphics", "edgegraphics"},
        )

    def end_key(self) -> None:
        key, self.key = self.key, None
        if key is None:
            return
        self.keys[key.id] = key
        if key.is_graphics:
            return
        for table in key.tables:
            self.builder.declare(table, key.id, name=key.name, kind=key.kind, default=key.default)

    def start_node(self, attributes: Attributes, line: int) -> None:
        item = Item(
            "node", line, other_attributes(attributes, "node"), node_id=attributes.get("id", "")
        )
        if self.items and self.items[-1].table == "node":
            item.values["parent"] = self.items[-1].node_id
        self.items.append(item)
        if item.node_id:
            self.builder.add_node(item.node_id, {}, line=line)

    def end_node(self) -> None:
        item = self.items.pop()
        if item.node_id:
            self.builder.add_node(item.node_id, item.all_values(), line=item.line)
        else:
            self.builder.count_node_without_id("", line=item.line)

    def start_edge(self, attributes: Attributes, line: int) -> None:
        directed = attributes.get("directed") or (self.directed[-1] if self.directed else "true")
        self.items.append(
            Item(
                "edge",
                line,
                {
                    **other_attributes(attributes, "edge"),
                    "id": attributes.get("id"),
                    "directed": directed,
                    "source_port": attributes.get("sourceport"),
                    "target_port": attributes.get("targetport"),
                },
                source=attributes.get("source"),
                target=attributes.get("target"),
            )
        )

    def end_data(self, text: str, line: int) -> None:
        key_id, self.data_key = self.data_key or "", None
        key = self.keys.get(key_id)
        if self.hyperedge_line or self.port_depth:
            if text.strip():
                self.builder.log.add(
                    "data-dropped",
                    "Values of ports and hyperedges are left out: {count}.",
                    line=line,
                    before=text.strip(),
                )
            return
        if not self.items:
            value = text.strip() or " ".join(self.data_parts)
            if value:
                self.builder.add_graph_values([(key.name if key else key_id, value)], line=line)
            return
        if key is not None and key.is_graphics:
            return
        value = text if not self.data_parts else " ".join([text.strip(), *self.data_parts]).strip()
        if value or (key is not None and key.kind == "text" and not self.data_parts):
            self.items[-1].values[ATTRIBUTE + key_id] = value

    def end_desc(self, text: str, line: int) -> None:
        if self.items:
            self.items[-1].values["@description"] = text
        else:
            self.builder.add_graph_values([("description", text)], line=line)


def other_attributes(attributes: Attributes, table: Table) -> dict[str, str | None]:
    """Attributes that the format does not know, such as the labels that Neo4j writes."""
    known = KNOWN[table]
    if attributes.keys() <= known:
        return {}
    return {
        ATTRIBUTE + name: value
        for name, value in attributes.items()
        if name not in known and not name.startswith(("parse.", "xml"))
    }


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    handler = GraphmlHandler()
    XmlStream(handler).parse(stream)
    return handler.builder.result()


def recognize(head: bytes, name: str) -> float:
    root = root_element(head)
    return 0.99 if root is not None and root[0] == "graphml" else 0.0


GRAPHML = FileFormat(
    name="graphml",
    media_type="application/graphml+xml",
    suffixes=(".graphml",),
    read=read,
    recognize=recognize,
)
