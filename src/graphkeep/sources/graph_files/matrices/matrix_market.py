"""MatrixMarket: a matrix is a graph from rows to columns.

https://math.nist.gov/MatrixMarket/formats.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import GraphBuilder
from graphkeep.sources.graph_files.text_lines import text_lines

BANNER = "%%MatrixMarket"
MAX_NODES = 20_000_000
FORMATS = ("coordinate", "array")
FIELDS = {"real": 1, "double": 1, "integer": 1, "complex": 2, "pattern": 0}
SYMMETRIES = ("general", "symmetric", "skew-symmetric", "hermitian")


@dataclass(frozen=True, kw_only=True)
class Header:
    is_array: bool
    field: str
    is_symmetric: bool
    is_skew: bool

    @property
    def value_count(self) -> int:
        return FIELDS[self.field]


def parse_banner(line: str) -> Header:
    words = line.lower().split()
    if len(words) < 5 or words[1] != "matrix":
        raise UnreadableFileError(
            "The first line of MatrixMarket names 'matrix', a format, a field and a symmetry; "
            f"this is: {line[:200]}"
        )
    layout, field, symmetry = words[2:5]
    for word, known in ((layout, FORMATS), (field, FIELDS), (symmetry, SYMMETRIES)):
        if word not in known:
            raise UnreadableFileError(
                f"'{word}' in the first line is not known; use one of {', '.join(known)}."
            )
    return Header(
        is_array=layout == "array",
        field=field,
        is_symmetric=symmetry != "general",
        is_skew=symmetry == "skew-symmetric",
    )


class MatrixReader:
    """Rows and columns of a square matrix are the same nodes, those of any other are `row 1`, `column 1`."""

    def __init__(self, header: Header, log: RepairLog) -> None:
        self.header = header
        self.builder = GraphBuilder("MatrixMarket", declares_nodes=False, log=log)
        for part in ("real", "imaginary"):
            self.builder.declare("edge", part, name=part, kind="float")
        self.rows = self.columns = 0
        self.row, self.column = 1 + header.is_skew, 1

    def set_size(self, words: list[str], line: int) -> None:
        try:
            self.rows, self.columns = int(words[0]), int(words[1])
        except (ValueError, IndexError) as error:
            raise UnreadableFileError(
                f"Line {line} must hold the numbers of rows and columns; it holds: {' '.join(words)[:200]}"
            ) from error
        if max(self.rows, self.columns) > MAX_NODES:
            raise UnreadableFileError(
                f"Line {line} announces a matrix of {self.rows:,} x {self.columns:,}: at most "
                f"{MAX_NODES:,} rows and columns are read."
            )
        if self.is_square:
            for number in range(1, self.rows + 1):
                self.builder.add_node(str(number), {})
        else:
            for name, count in (("row", self.rows), ("column", self.columns)):
                for number in range(1, count + 1):
                    self.builder.add_node(f"{name} {number}", {"type": name})

    @property
    def is_square(self) -> bool:
        return self.rows == self.columns

    def read(self, lines: Iterator[tuple[int, str]]) -> ReadResult:
        has_size = False
        for number, line in lines:
            words = line.split()
            if not words or line.lstrip().startswith("%"):
                continue
            if not has_size:
                self.set_size(words, number)
                has_size = True
            elif self.header.is_array:
                self.add_values(words, number)
            else:
                self.add_entry(words, number)
        if not has_size:
            raise UnreadableFileError("The MatrixMarket file ends before the size of its matrix.")
        return self.builder.result()

    def add_entry(self, words: list[str], line: int) -> None:
        ends, values = words[:2], words[2:]
        is_in_range = (
            len(ends) == 2
            and all(end.isdigit() for end in ends)
            and 0 < int(ends[0]) <= self.rows
            and 0 < int(ends[1]) <= self.columns
        )
        if not is_in_range or len(values) < self.header.value_count:
            self.builder.log.add(
                "entry-ignored",
                "Lines that are no entry of the matrix are left out: {count}.",
                line=line,
                before=" ".join(words),
            )
            return
        self.add_edge(int(ends[0]), int(ends[1]), values, line)

    def add_values(self, words: list[str], line: int) -> None:
        """Values of a dense matrix stand column by column; those of 0 are no edges."""
        width = max(1, self.header.value_count)
        for start in range(0, len(words), width):
            values = words[start : start + width]
            if self.column > self.columns or len(values) < width:
                self.builder.log.add(
                    "entry-ignored",
                    "Values beyond the last cell of the matrix are left out: {count}.",
                    line=line,
                    before=" ".join(values),
                )
                continue
            if any(is_nonzero(value) for value in values):
                self.add_edge(self.row, self.column, values, line)
            self.go_to_next_cell()

    def go_to_next_cell(self) -> None:
        self.row += 1
        if self.row > self.rows:
            self.column += 1
            self.row = self.column + self.header.is_skew if self.header.is_symmetric else 1

    def add_edge(self, row: int, column: int, words: list[str], line: int) -> None:
        values: dict[str, str | None] = {
            "directed": "false" if self.header.is_symmetric or not self.is_square else "true"
        }
        if self.header.value_count == 2:
            values |= {"@real": words[0], "@imaginary": words[1]}
        elif self.header.value_count == 1:
            values["weight"] = words[0]
        source, target = (
            (str(row), str(column)) if self.is_square else (f"row {row}", f"column {column}")
        )
        self.builder.add_edge(source, target, values, line=line)


def is_nonzero(value: str) -> bool:
    try:
        return float(value) != 0
    except ValueError:
        return True


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    lines = text_lines(stream, options, log)
    _, banner = next(lines, (0, ""))
    return MatrixReader(parse_banner(banner), log).read(lines)


def recognize(head: bytes, name: str) -> float:
    return 0.99 if head.lstrip(b"\xef\xbb\xbf").startswith(BANNER.encode()) else 0.0


MATRIX_MARKET = FileFormat(
    name="mtx",
    media_type="text/x-matrix-market",
    suffixes=(".mtx", ".mm"),
    read=read,
    recognize=recognize,
)
