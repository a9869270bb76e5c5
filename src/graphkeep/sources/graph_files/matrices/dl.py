"""UCINET DL: matrices, edge lists and node lists with labels.

http://www.analytictech.com/ucinet/help/hs4051.htm
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import GraphBuilder
from graphkeep.sources.graph_files.text_lines import decoded_head, text_lines

MAX_NODES = 20_000_000
SIGNATURE = re.compile(
    r"\A\s*dl\b[\s,]*(?:n\s*=|nr\s*=|nc\s*=|nm\s*=|format\s*=|data\s*:|labels)", re.IGNORECASE
)
SETTING = re.compile(
    r"[\s,]*(?:(?P<key>nr|nc|nm|n|format|diagonal)\s*=?\s*(?P<value>[\w-]+)"
    r"|(?P<section>(?:(?:row|col|column|matrix|level)\s+)?labels?|data)\s*(?P<embedded>embedded)?\s*:?)",
    re.IGNORECASE,
)
WORD = re.compile(r'"([^"]*)"|\'([^\']*)\'|([^\s,]+)')
SECTIONS = {
    "label": "labels", "labels": "labels", "row labels": "row", "col labels": "column",
    "column labels": "column", "matrix labels": "matrix", "level labels": "matrix", "data": "data",
}  # fmt: skip
FORMATS = (
    "fullmatrix", "upperhalf", "lowerhalf", "edgelist1", "edgelist2", "nodelist1", "nodelist2",
)  # fmt: skip


def words_of(line: str) -> list[str]:
    return [
        next(part for part in match.groups() if part is not None) for match in WORD.finditer(line)
    ]


class DlReader:
    def __init__(self, log: RepairLog) -> None:
        self.log = log
        self.builder = GraphBuilder("DL", declares_nodes=False, log=log)
        self.sizes = {"n": 0, "nr": 0, "nc": 0, "nm": 1}
        self.format = "fullmatrix"
        self.has_diagonal = True
        self.labels: dict[str, list[str]] = {"labels": [], "row": [], "column": [], "matrix": []}
        self.is_embedded = False
        self.cells: list[str] = []
        self.has_column_labels = False
        self.cell = 0

    def read(self, lines: Iterator[tuple[int, str]]) -> ReadResult:
        section = "header"
        for number, line in lines:
            text = line.strip()
            if section == "header" and text[:2].lower() == "dl":
                text = text[2:]
            if section != "data":
                section, text = self.read_header(section, text, number)
            if section == "data" and text.strip():
                self.read_data(words_of(text), number)
        self.add_isolated_nodes()
        return self.builder.result()

    def read_header(self, section: str, text: str, line: int) -> tuple[str, str]:
        """The section after this line, and what of the line belongs to the data."""
        while text.strip(" ,\t"):
            match = SETTING.match(text)
            is_setting = match is not None and (
                section == "header" or match["section"] or "=" in match[0]
            )
            if match is None or not is_setting:
                if section == "header":
                    raise UnreadableFileError(
                        f"The DL has an unknown word in line {line}: {text[:200]}"
                    )
                self.labels[section] += words_of(text)
                break
            text = text[match.end() :]
            if match["key"]:
                self.set(match["key"].lower(), match["value"].lower(), line)
            elif match["embedded"]:
                self.is_embedded = True
            else:
                section = SECTIONS[" ".join(match["section"].lower().split())]
                if section == "data":
                    return section, text
        return section, ""

    def set(self, key: str, value: str, line: int) -> None:
        if key == "format":
            if value not in FORMATS:
                raise UnreadableFileError(
                    f"The DL format '{value}' is not read; use one of {', '.join(FORMATS)}."
                )
            self.format = value
        elif key == "diagonal":
            self.has_diagonal = value != "absent"
        elif value.isdigit() and int(value) <= MAX_NODES:
            self.sizes[key] = int(value)
        else:
            raise UnreadableFileError(
                f"Line {line} announces {key.upper()} = {value}: a number up to {MAX_NODES:,} is expected."
            )

    @property
    def is_two_mode(self) -> bool:
        return bool(self.sizes["nr"] and self.sizes["nc"]) or self.format.endswith("2")

    @property
    def row_count(self) -> int:
        return self.sizes["nr"] or self.sizes["n"]

    @property
    def column_count(self) -> int:
        return self.sizes["nc"] or self.sizes["n"]

    def node_id(self, word: str, side: str) -> str:
        """The label of a number; a label itself where labels are embedded."""
        labels = self.labels[side] or self.labels["labels"]
        if not word.isdigit() or (self.is_embedded and self.format != "fullmatrix"):
            return word
        position = int(word)
        if 0 < position <= len(labels):
            return labels[position - 1]
        return f"{side} {word}" if self.is_two_mode else word

    def read_data(self, words: list[str], line: int) -> None:
        if self.format.startswith("edgelist"):
            target = self.node_id(words[1], "column") if len(words) > 1 else None
            weight = words[2] if len(words) > 2 else None
            self.add_edge(self.node_id(words[0], "row"), target, weight, line)
        elif self.format.startswith("nodelist"):
            source = self.node_id(words[0], "row")
            self.builder.add_node(source, {})
            for word in words[1:]:
                self.add_edge(source, self.node_id(word, "column"), None, line)
        else:
            self.read_matrix(words, line)

    def read_matrix(self, words: list[str], line: int) -> None:
        """Values row by row, however they are broken into lines; each row may begin with its label."""
        if self.is_embedded and not self.has_column_labels:
            self.labels["column"] += words
            self.has_column_labels = len(self.labels["column"]) >= self.column_count
            return
        for word in words:
            if self.is_embedded and len(self.labels["row"]) <= self.cell // max(
                1, self.column_count
            ):
                self.labels["row"].append(word)
                continue
            self.add_cell(word, line)

    def add_cell(self, word: str, line: int) -> None:
        row, column = self.next_cell()
        relation, row = divmod(row, max(1, self.row_count))
        if relation >= self.sizes["nm"]:
            self.log.add(
                "cell-ignored",
                "Values beyond the last cell of the matrix are left out: {count}.",
                line=line,
                before=word,
            )
            return
        if not word.strip("0.+-"):
            return
        names = self.labels["matrix"]
        self.add_edge(
            self.node_id(str(row + 1), "row"),
            self.node_id(str(column + 1), "column"),
            word,
            line,
            relation=(names[relation] if relation < len(names) else None),
        )

    def next_cell(self) -> tuple[int, int]:
        """Row and column from 0; halves have only the cells above or below the diagonal."""
        width = max(1, self.column_count)
        while True:
            row, column = divmod(self.cell, width)
            self.cell += 1
            line = row % max(1, self.row_count)
            is_skipped = (
                (self.format == "upperhalf" and column < line)
                or (self.format == "lowerhalf" and column > line)
                or (not self.has_diagonal and column == line)
            )
            if not is_skipped or row >= self.row_count * self.sizes["nm"]:
                return row, column

    def add_edge(
        self,
        source: str,
        target: str | None,
        weight: str | None,
        line: int,
        relation: str | None = None,
    ) -> None:
        is_undirected = self.format in {"upperhalf", "lowerhalf"} or self.is_two_mode
        self.builder.add_edge(
            source,
            target,
            {"weight": weight, "type": relation, "directed": "false" if is_undirected else "true"},
            line=line,
        )

    def add_isolated_nodes(self) -> None:
        sides = {"row": self.row_count, "column": self.column_count}
        for side, count in sides.items():
            if self.is_embedded and self.format != "fullmatrix":
                return
            for number in range(1, count + 1):
                values = {"type": side} if self.is_two_mode else {}
                self.builder.add_node(self.node_id(str(number), side), values)


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    reader = DlReader(log)
    return reader.read(text_lines(stream, options, log))


def recognize(head: bytes, name: str) -> float:
    return 0.97 if SIGNATURE.match(decoded_head(head)) else 0.0


DL = FileFormat(
    name="dl", media_type="text/x-ucinet-dl", suffixes=(".dl",), read=read, recognize=recognize
)
