"""GML: nested keys and values, as networkx, igraph, Gephi, Cytoscape and yEd write them.

https://web.archive.org/web/20190303094704/http://www.fim.uni-passau.de:80/fileadmin/files/lehrstuhl/brandenburg/projekte/gml/gml-technical-report.pdf
"""

import html
import json
import re
from collections.abc import Iterator
from typing import BinaryIO, Literal

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder, merged
from graphkeep.sources.graph_files.text_lines import decoded_head, whole_text

MAX_DEPTH = 100
TOKEN = re.compile(
    r'\s+|#[^\n]*|"(?P<text>[^"]*)"|(?P<open>\[)|(?P<close>\])|(?P<word>[^\s\[\]"]+)'
)
WORD = r'[^\s\[\]"#][^\s\[\]"]*+'
# No possessive group: Python before 3.11.5 keeps what its last, failing round took.
FLAT_LIST = re.compile(rf'(?:\s+{WORD}\s+(?:"[^"]*"|{WORD}))*\s*\]')
FLAT_PAIR = re.compile(rf'({WORD})\s++(?:"([^"]*)"|({WORD}))')
NUMBER = re.compile(
    r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:INF|NAN|inf|nan)(?:inity)?"
)
SIGNATURE = re.compile(
    r'\A\s*(?:#[^\n]*\n\s*|(?:Creator|Version|comment)\s+(?:"[^"]*"|[^\s\[]+)\s+)*graph\s*\[',
    re.IGNORECASE,
)
LIST_START = "_networkx_list_start"
NODE_GRAPHICS = {
    "x": "x", "y": "y", "z": "z", "w": "width", "h": "height", "fill": "color", "type": "shape",
}  # fmt: skip
EDGE_GRAPHICS = {"fill": "color", "width": "thickness"}
STRUCTURAL = {
    "node": {"id", "label"}, "edge": {"source", "target", "id", "label"},
}  # fmt: skip

Pairs = list[tuple[str, "Value"]]


class Number(str):
    """A number as the file writes it, without quotes."""

    __slots__ = ()


Value = str | Pairs


def value_of(word: str) -> str:
    return Number(word) if NUMBER.fullmatch(word) else word


class GmlParser:
    def __init__(self, text: str, log: RepairLog) -> None:
        self.text = text
        self.tokens: Iterator[re.Match[str]] = TOKEN.finditer(text)
        self.log = log
        self.builders: list[GraphBuilder] = []
        self.counted_to = 0
        self.line = 1
        self.end = 0

    def parse(self) -> ReadResult:
        for key, is_list, value in self.entries(depth=0):
            if is_list and key.lower() == "graph":
                self.read_graph()
            elif is_list:
                self.skip(key, self.pairs(depth=1))
            else:
                self.skip(key, value)
        return merged(self.builders or [GraphBuilder("GML", log=self.log)], self.log)

    def read_graph(self) -> None:
        builder = GraphBuilder("GML", log=self.log, attribute_kind="number")
        self.builders.append(builder)
        graph = GmlGraph(builder)
        for key, is_list, value in self.entries(depth=1):
            line = self.line_number()
            if is_list:
                pairs = self.pairs(depth=2)
                if key.lower() == "node":
                    graph.add_node(pairs, line)
                elif key.lower() == "edge":
                    graph.add_edge(pairs, line)
                else:
                    self.skip(key, pairs)
            elif key.lower() == "directed":
                graph.directed = "true" if value == "1" else "false"
            else:
                self.skip(key, value)
        graph.finish()

    def skip(self, key: str, value: Value) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        log_builder = self.builders[-1] if self.builders else GraphBuilder("GML", log=self.log)
        log_builder.add_graph_values([(key, text)], line=self.line_number())

    def entries(self, depth: int) -> Iterator[tuple[str, bool, str]]:
        """Keys and values until the list ends; of a nested list only that it begins."""
        if depth > MAX_DEPTH:
            raise UnreadableFileError(
                f"The GML nests more than {MAX_DEPTH} lists in line {self.line_number()}."
            )
        while True:
            token = self.next_token()
            if token is None or token.lastgroup == "close":
                if (token is None) != (depth == 0):
                    self.fail("a ']' too many" if token else "a ']' is missing")
                return
            if token.lastgroup != "word":
                self.fail(f"a key is expected, not {token[0][:40]}")
            key = token[0]
            token = self.next_token()
            if token is None or token.lastgroup == "close":
                self.fail(f"the key '{key}' has no value")
            elif token.lastgroup == "open":
                yield key, True, ""
            elif token.lastgroup == "text":
                yield key, False, html.unescape(token["text"])
            else:
                yield key, False, value_of(token[0])

    def pairs(self, depth: int) -> Pairs:
        flat_list = FLAT_LIST.match(self.text, self.end)
        if flat_list is not None:
            self.end = flat_list.end()
            self.tokens = TOKEN.finditer(self.text, self.end)
            return [
                (key, value_of(word) if word else html.unescape(text))
                for key, text, word in FLAT_PAIR.findall(flat_list[0])
            ]
        return [
            (key, self.pairs(depth + 1) if is_list else value)
            for key, is_list, value in self.entries(depth)
        ]

    def next_token(self) -> re.Match[str] | None:
        for token in self.tokens:
            if token.start() != self.end:
                self.fail(f"a quote is not closed: {self.text[self.end : self.end + 40]}")
            self.end = token.end()
            if token.lastgroup is not None:
                return token
        if self.end != len(self.text):
            self.fail(f"a quote is not closed: {self.text[self.end : self.end + 40]}")
        return None

    def line_number(self) -> int:
        self.line += self.text.count("\n", self.counted_to, self.end)
        self.counted_to = self.end
        return self.line

    def fail(self, reason: str) -> None:
        raise UnreadableFileError(f"The GML is broken in line {self.line_number()}: {reason}.")


class GmlGraph:
    """One graph; an attribute becomes a number where none of its values is in quotes."""

    def __init__(self, builder: GraphBuilder) -> None:
        self.builder = builder
        self.directed = "false"
        self.texts: set[tuple[Literal["node", "edge"], str]] = set()

    def add_node(self, pairs: Pairs, line: int) -> None:
        values = self.values("node", pairs, NODE_GRAPHICS)
        node_id = values.pop("id", None)
        if not node_id:
            self.builder.count_node_without_id(values.get("label") or "", line=line)
            return
        self.builder.add_node(node_id, values, line=line)

    def add_edge(self, pairs: Pairs, line: int) -> None:
        values = self.values("edge", pairs, EDGE_GRAPHICS)
        source, target = values.pop("source", None), values.pop("target", None)
        values["directed"] = self.directed
        self.builder.add_edge(source, target, values, line=line)

    def values(
        self, table: Literal["node", "edge"], pairs: Pairs, graphics: dict[str, str]
    ) -> dict[str, str | None]:
        """Values by column; nested keys with dots, repeated keys as a JSON list."""
        collected: dict[str, list[str]] = {}
        for key, value in flat(pairs):
            parent, _, last = key.rpartition(".")
            if key in STRUCTURAL[table]:
                column = key
            elif parent == "graphics" and last in graphics:
                column = graphics[last]
            elif table == "edge" and key == "weight":
                column = "weight"
            else:
                column = ATTRIBUTE + key
                if not isinstance(value, Number):
                    self.texts.add((table, key))
            collected.setdefault(column, []).append(value)
        values: dict[str, str | None] = {}
        for column, items in collected.items():
            if len(items) == 1:
                values[column] = str(items[0])
                continue
            self.texts.add((table, column.removeprefix(ATTRIBUTE)))
            members = items[1:] if items[0] == LIST_START else items
            values[column] = json.dumps(
                [number_of(item) if isinstance(item, Number) else item for item in members]
            )
        return values

    def finish(self) -> None:
        for table, key in self.texts:
            self.builder.declare(table, key, name=key, kind="text")


def number_of(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return number if number - number == 0 else text


def flat(pairs: Pairs, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in pairs:
        if isinstance(value, str):
            yield prefix + key, value
        else:
            yield from flat(value, f"{prefix}{key}.")


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    return GmlParser(whole_text(stream, options, log), log).parse()


def recognize(head: bytes, name: str) -> float:
    return 0.97 if SIGNATURE.match(decoded_head(head)) else 0.0


GML = FileFormat(
    name="gml", media_type="text/gml", suffixes=(".gml",), read=read, recognize=recognize
)
