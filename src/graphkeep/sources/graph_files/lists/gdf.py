"""GDF of GUESS and Gephi: a table of nodes and a table of edges, each below a line of its columns."""

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO, Literal

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.attribute_types import Kind
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder
from graphkeep.sources.graph_files.colors import hex_color
from graphkeep.sources.graph_files.text_lines import decoded_head, text_lines

SIGNATURE = re.compile(r"\A\s*(?:#[^\n]*\n\s*)*(?:node|edge)def>", re.IGNORECASE)
HEADER = re.compile(r"\s*(node|edge)def>\s*(.*)", re.IGNORECASE)
COLUMN = re.compile(
    r"(?P<name>.*?)(?:\s+(?P<type>[A-Za-z]+(?:\(\d+\))?))?(?:\s+default\s+(?P<default>.*))?$",
    re.IGNORECASE,
)
RGB = re.compile(r"(\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})")
KINDS: dict[str, Kind] = {
    "int": "integer", "integer": "integer", "bigint": "integer", "tinyint": "integer",
    "smallint": "integer", "long": "integer", "double": "float", "float": "float", "real": "float",
    "boolean": "boolean", "bool": "boolean", "date": "time", "timestamp": "time",
}  # fmt: skip
TYPES = set(KINDS) | {"varchar", "string", "text", "char"}
KEYS = {
    "node": {"label": "label", "x": "x", "y": "y", "width": "width", "height": "height", "color": "color"},
    "edge": {"label": "label", "weight": "weight", "directed": "directed", "color": "color"},
}  # fmt: skip
ENDS = {"name": "id", "node1": "source", "node2": "target"}


class GdfReader:
    def __init__(self, log: RepairLog) -> None:
        self.log = log
        self.builder = GraphBuilder("GDF", log=log)
        self.table: Literal["node", "edge"] | None = None
        self.keys: list[str] = []

    def read(self, lines: Iterator[tuple[int, str]]) -> ReadResult:
        for line, text in lines:
            header = HEADER.match(text)
            if header is not None:
                self.start_table("node" if header[1].lower() == "node" else "edge", header[2])
            elif text.strip() and not text.lstrip().startswith("#"):
                self.add_row(text, line)
        return self.builder.result()

    def start_table(self, table: Literal["node", "edge"], header: str) -> None:
        self.table, self.keys = table, []
        for cell in fields_of(header):
            match = COLUMN.match(cell.strip())
            name = match["name"].strip() if match else cell.strip()
            type_name = (match["type"] or "").partition("(")[0].lower() if match else ""
            if match and type_name not in TYPES and match["type"]:
                name = f"{name} {match['type']}"
            key = ENDS.get(name.lower()) if (table == "node") == (name.lower() == "name") else None
            key = key or KEYS[table].get(name.lower())
            if key is None:
                key = ATTRIBUTE + name
                default = match["default"].strip(" '\"") if match and match["default"] else None
                kind = KINDS.get(type_name, "text")
                self.builder.declare(table, name, name=name, kind=kind, default=default)
            self.keys.append(key)

    def add_row(self, text: str, line: int) -> None:
        if self.table is None:
            self.log.add(
                "line-ignored",
                "Lines before 'nodedef>' are left out: {count}.",
                line=line,
                before=text,
            )
            return
        cells = fields_of(text)
        values: dict[str, str | None] = {}
        for number, cell in enumerate(cells):
            if number < len(self.keys):
                key = self.keys[number]
            else:
                key = f"{ATTRIBUTE}column{number + 1}"
                self.log.add(
                    "ragged-rows",
                    "Rows with more cells than columns, which get columns of their own: {count}.",
                    line=line,
                    table=self.table,
                    before=text,
                )
            if cell or key.startswith(ATTRIBUTE):
                values[key] = cell or None
        color = values.get("color")
        match = RGB.fullmatch(color.strip()) if color else None
        if match:
            values["color"] = hex_color(*map(float, match.groups()))
        self.add_item(values, line, text)

    def add_item(self, values: dict[str, str | None], line: int, text: str) -> None:
        if self.table == "edge":
            self.builder.add_edge(
                values.pop("source", None), values.pop("target", None), values, line=line
            )
            return
        node_id = values.pop("id", None)
        if node_id:
            self.builder.add_node(node_id, values, line=line)
        else:
            self.builder.count_node_without_id(text, line=line)


def fields_of(text: str) -> list[str]:
    """Cells at commas; quotes may be single or double, and blanks may stand before them."""
    quote = "'" if "'" in text and '"' not in text and text.count("'") % 2 == 0 else '"'
    try:
        cells = next(csv.reader([text], quotechar=quote, skipinitialspace=True), [])
    except csv.Error as error:
        raise UnreadableFileError(f"A line of the GDF does not read: {error}.") from error
    return [cell.strip() for cell in cells]


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    return GdfReader(log).read(text_lines(stream, options, log))


def recognize(head: bytes, name: str) -> float:
    return 0.99 if SIGNATURE.match(decoded_head(head)) else 0.0


GDF = FileFormat(
    name="gdf", media_type="text/x-gdf", suffixes=(".gdf",), read=read, recognize=recognize
)
