"""Edge lists and adjacency lists as networkx writes them: `1 2 {'weight': 3}`.

https://networkx.org/documentation/stable/reference/readwrite/edgelist.html
"""

import ast
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.attribute_types import Kind
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder
from graphkeep.sources.graph_files.text_lines import decoded_head, text_lines

MAX_DATA_LENGTH = 1 << 16
WORD = r"([^\s{}\[\]\",]+)"
EDGE = re.compile(rf"{WORD}[ \t,]+{WORD}[ \t,]+(\{{(?:\}}|['\d(].*\}}))\s*")
NEIGHBOR = re.compile(r"(\S+)[ \t]+(\{.*\})\s*")
MULTILINE_NODE = re.compile(r"(\S+) (\d+)\s*")
ADJACENCY_SIGNATURE = re.compile(r"\A#[^\n]*\n# GMT [^\n]*\n#[^\n]*\n")


class ListReader:
    """Edges with their data; in an adjacency list the neighbors stand beside or below their node."""

    def __init__(self, log: RepairLog) -> None:
        self.log = log
        self.builder = GraphBuilder("networkx", declares_nodes=False, attribute_kind="any", log=log)
        self.source = ""
        self.neighbors_left = 0
        self.is_multiline = False
        self.types: dict[str, set[type]] = {}

    def read(self, lines: Iterator[tuple[int, str]]) -> ReadResult:
        rows = [(number, line) for number, line in lines if line.strip() and line[0] != "#"]
        self.is_multiline = is_multiline([line for _, line in rows])
        for number, line in rows:
            self.read_line(line, number)
        self.declare_types()
        return self.builder.result()

    def read_line(self, line: str, number: int) -> None:
        if self.is_multiline:
            self.read_multiline(line, number)
            return
        edge = EDGE.fullmatch(line)
        if edge is not None:
            self.builder.add_edge(edge[1], edge[2], self.data(edge[3], number), line=number)
            return
        words = line.split()
        self.builder.add_node(words[0], {}, line=number)
        for target in words[1:]:
            self.builder.add_edge(words[0], target, {}, line=number)

    def read_multiline(self, line: str, number: int) -> None:
        if self.neighbors_left == 0:
            words = line.split()
            self.source, self.neighbors_left = words[0], int(words[1])
            self.builder.add_node(self.source, {}, line=number)
            return
        self.neighbors_left -= 1
        match = NEIGHBOR.fullmatch(line)
        target, data = (match[1], match[2]) if match else (line.split(maxsplit=1)[0], "{}")
        self.builder.add_edge(self.source, target, self.data(data, number), line=number)

    def data(self, text: str, line: int) -> dict[str, str | None]:
        """The attributes of a Python dict; what is no dict of plain values becomes the attribute `data`."""
        try:
            data = ast.literal_eval(text) if len(text) <= MAX_DATA_LENGTH else None
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            data = None
        if not isinstance(data, dict):
            self.log.add(
                "data-unread",
                "Edge data that does not read as a Python dict is kept as text: {count}.",
                line=line,
                table="edge",
                column="data",
                before=text,
            )
            return {"@data": text}
        values: dict[str, str | None] = {}
        for name, value in data.items():
            key = "weight" if name == "weight" else f"{ATTRIBUTE}{name}"
            values[key] = as_text(value)
            if value is not None:
                self.types.setdefault(str(name), set()).add(type(value))
        return values

    def declare_types(self) -> None:
        """Columns have the type of all their values; texts stay texts even if they are digits."""
        for name, types in self.types.items():
            kind: Kind = "text"
            if types == {bool}:
                kind = "boolean"
            elif types <= {int, float}:
                kind = "number"
            self.builder.declare("edge", name, name=name, kind=kind)


def as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, default=repr)


def is_multiline(lines: list[str]) -> bool:
    """Whether each node with a count is followed by so many lines of neighbors."""
    position = 0
    while position < len(lines):
        match = MULTILINE_NODE.fullmatch(lines[position])
        if match is None:
            return False
        neighbors = lines[position + 1 : position + 1 + int(match[2])]
        if len(neighbors) < int(match[2]) or not all(
            NEIGHBOR.fullmatch(line) or len(line.split()) == 1 for line in neighbors
        ):
            return False
        position += 1 + len(neighbors)
    return True


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    return ListReader(log).read(text_lines(stream, options, log))


def recognize(head: bytes, name: str) -> float:
    text = decoded_head(head)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    complete = lines[:-1] or lines
    if complete and all(EDGE.fullmatch(line) for line in complete[:20]):
        return 0.96
    if ADJACENCY_SIGNATURE.match(text):
        return 0.95
    return 0.9 if complete and "{" in text and is_multiline(complete[:20]) else 0.0


NETWORKX = FileFormat(
    name="edgelist",
    media_type="text/x-networkx-edgelist",
    suffixes=(".edgelist", ".adjlist"),
    read=read,
    recognize=recognize,
)
