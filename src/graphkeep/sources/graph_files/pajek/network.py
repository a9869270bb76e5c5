"""One network of a Pajek file; its nodes have their names as ids where these are unique."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.graph_files.builder import ATTRIBUTE, GraphBuilder
from graphkeep.sources.graph_files.pajek.colors import css_color

MAX_VERTICES = 20_000_000
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
SHAPES = {"ellipse", "box", "diamond", "triangle", "cross", "empty", "house", "man", "woman"}


@dataclass
class Vertex:
    label: str
    line: int
    values: dict[str, str | None] = field(default_factory=dict)


class PajekNetwork:
    """Vertices count from 1. Edges wait until all vertices are known, as their ids may be names."""

    def __init__(self, name: str, counts: Sequence[int], log: RepairLog, line: int) -> None:
        self.log = log
        self.name = name
        self.count = counts[0] if counts else 0
        self.first_mode_count = counts[1] if len(counts) > 1 else 0
        if self.count > MAX_VERTICES:
            raise UnreadableFileError(
                f"Line {line} announces {self.count:,} vertices: at most {MAX_VERTICES:,} are read."
            )
        self.vertices: dict[int, Vertex] = {}
        self.builder = GraphBuilder("Pajek", name=name, attribute_kind="any", log=log)
        self.ids: list[str] | None = None

    def add_vertex(self, words: list[str], line: int) -> None:
        number = self.number_of(words[0], line)
        if number is None:
            return
        vertex = Vertex(label=words[1] if len(words) > 1 else "", line=line)
        rest = words[2:]
        for axis in "xyz":
            if rest and NUMBER.fullmatch(rest[0]):
                vertex.values[axis] = rest.pop(0)
        if rest and rest[0].lower() in SHAPES:
            vertex.values["shape"] = rest.pop(0)
        vertex.values |= parameters(rest)
        fill = vertex.values.get("@ic")
        if fill:
            vertex.values["color"] = css_color(fill)
        if "@x_fact" in vertex.values:
            vertex.values["size"] = vertex.values["@x_fact"]
        self.vertices[number] = vertex

    def number_of(self, word: str, line: int) -> int | None:
        if word.isdigit() and 0 < int(word) <= max(self.count, 1):
            return int(word)
        self.log.add(
            "vertex-ignored",
            f"Lines that name a vertex outside 1 to {self.count:,} are left out: {{count}}.",
            line=line,
            before=word,
        )
        return None

    def start_edges(self) -> list[str]:
        """Add the vertices; their ids by number."""
        if self.ids is not None:
            return self.ids
        labels = [vertex.label for vertex in self.vertices.values()]
        has_names = len(labels) == self.count and all(labels) and len(set(labels)) == len(labels)
        self.ids = [""]
        for number in range(1, self.count + 1):
            vertex = self.vertices.get(number)
            label = vertex.label if vertex else ""
            node_id = label if has_names else str(number)
            self.ids.append(node_id)
            values = dict(vertex.values) if vertex else {}
            values |= {"number": str(number), "label": label or None}
            if self.first_mode_count:
                values["mode"] = "1" if number <= self.first_mode_count else "2"
            self.builder.add_node(node_id, values, line=vertex.line if vertex else 0)
        return self.ids

    def add_edge(self, words: list[str], relation: str, line: int, *, directed: bool) -> None:
        ids = self.start_edges()
        source = self.number_of(words[0], line)
        if source is None:
            return
        if len(words) < 2:
            self.builder.add_edge(ids[source], None, {}, line=line)
            return
        target = self.number_of(words[1].lstrip("-"), line)
        if target is None:
            return
        rest = words[2:]
        values: dict[str, str | None] = {
            "weight": rest.pop(0) if rest and NUMBER.fullmatch(rest[0]) else None,
            "directed": "true" if directed else "false",
            "type": relation or None,
        }
        values |= parameters(rest)
        if "@l" in values:
            values["label"] = values.pop("@l")
        color = values.get("@c")
        if color:
            values["color"] = css_color(color)
        if "@w" in values:
            values["thickness"] = values.pop("@w")
        self.builder.add_edge(ids[source], ids[target], values, line=line)

    def add_list(self, words: list[str], relation: str, line: int, *, directed: bool) -> None:
        for target in words[1:]:
            self.add_edge([words[0], target], relation, line, directed=directed)

    def add_matrix_row(self, row: int, words: list[str], relation: str, line: int) -> None:
        """A row of the matrix; of two-mode networks the columns are the second mode."""
        offset = self.first_mode_count
        for column, value in enumerate(words, start=1):
            if value.strip("0.+-") or not NUMBER.fullmatch(value):
                edge = [str(row), str(column + offset), value]
                self.add_edge(edge, relation, line, directed=not offset)

    def add_value(self, title: str, row: int, text: str, line: int) -> None:
        """The value of a partition or vector, as an attribute of the vertex with this number."""
        ids = self.start_edges()
        if row < len(ids):
            self.builder.add_node(ids[row], {ATTRIBUTE + title: text}, line=line)
        else:
            self.log.add(
                "value-ignored",
                f"Values of '{title}' beyond the last vertex are left out: {{count}}.",
                line=line,
                column=title,
                before=text,
            )

    def finished(self) -> GraphBuilder:
        self.start_edges()
        if self.builder.edges.row_count:
            self.builder.set_default_weight("1")
        return self.builder


def parameters(words: Sequence[str]) -> dict[str, str | None]:
    """Names and values in pairs; `[1-3,5]` are the times at which it exists."""
    values: dict[str, str | None] = {}
    position = 0
    while position < len(words):
        word = words[position]
        if word.startswith("["):
            values["@times"] = word
            position += 1
        elif position + 1 < len(words):
            values[ATTRIBUTE + word] = words[position + 1]
            position += 2
        else:
            values["@parameters"] = word
            position += 1
    return values
