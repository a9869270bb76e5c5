"""Tables of HTML pages, which many portals save under the suffix of a spreadsheet."""

import re
from html.parser import HTMLParser
from typing import Any, BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.spreadsheets.grid import Grid, Merge, Row

CHARSET = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|div)\b",
    re.IGNORECASE | re.DOTALL,
)
HEAD_BYTES = 4096
MAX_DEPTH = 200
MAX_SPAN = 1000
MAX_CELLS = 20_000_000
SKIPPED = {"script", "style", "head", "title"}
BREAKS = {"br", "p", "div", "li"}


class TableParser(HTMLParser):
    """Collects the cells of each table; a table inside a cell becomes one of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[PendingTable] = []
        self.open: list[PendingTable] = []
        self.skipped: list[str] = []
        self.cell_count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SKIPPED:
            self.skipped.append(tag)
        elif tag == "table":
            if len(self.open) >= MAX_DEPTH:
                raise UnreadableFileError(f"The HTML nests more than {MAX_DEPTH} tables.")
            self.open.append(PendingTable(self.getpos()[0]))
            self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self.open[-1].start_row(self.getpos()[0])
        elif tag in {"td", "th"} and self.open:
            spans = dict(attrs)
            width = span_of(spans.get("colspan"))
            self.cell_count += width
            if self.cell_count > MAX_CELLS:
                raise UnreadableFileError(f"The HTML has more than {MAX_CELLS:,} cells.")
            self.open[-1].start_cell(width, span_of(spans.get("rowspan")), self.getpos()[0])
        elif tag in BREAKS and self.open:
            self.open[-1].add_text("\n" if tag == "br" else " ")

    def handle_endtag(self, tag: str) -> None:
        if self.skipped and tag == self.skipped[-1]:
            self.skipped.pop()
        elif tag == "table" and self.open:
            self.open.pop().end_cell()
        elif tag in {"td", "th"} and self.open:
            self.open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self.open and not self.skipped:
            self.open[-1].add_text(data)


class PendingTable:
    def __init__(self, line: int) -> None:
        self.rows: list[list[Any]] = []
        self.lines: list[int] = []
        self.merges: list[Merge] = []
        self.texts: list[str] | None = None
        self.below: dict[
            int, int
        ] = {}  # columns that a cell of an earlier row covers, and for how many rows

    def start_row(self, line: int) -> None:
        self.end_cell()
        self.rows.append([])
        self.lines.append(line)
        for column in list(self.below):
            self.below[column] -= 1
            if self.below[column] < 0:
                del self.below[column]

    def start_cell(self, width: int, height: int, line: int) -> None:
        if not self.rows:
            self.start_row(line)
        self.end_cell()
        row = self.rows[-1]
        while len(row) in self.below and self.below[len(row)] >= 0:
            row.append(None)
        column, number = len(row), len(self.rows) - 1
        row.extend([None] * width)
        if height > 1:
            self.below |= dict.fromkeys(range(column, column + width), height - 1)
        if width > 1 or height > 1:
            self.merges.append((number, column, number + height - 1, column + width - 1))
        self.texts = []
        self.column = column

    def add_text(self, text: str) -> None:
        if self.texts is not None:
            self.texts.append(text)

    def end_cell(self) -> None:
        if self.texts is not None:
            lines = (" ".join(line.split()) for line in "".join(self.texts).split("\n"))
            self.rows[-1][self.column] = "\n".join(filter(None, lines)) or None
            self.texts = None


def span_of(text: str | None) -> int:
    digits = (text or "1").strip()
    return max(1, min(int(digits), MAX_SPAN)) if digits.isdigit() and len(digits) < 10 else 1


def is_html(head: bytes) -> bool:
    return START.match(head[:HEAD_BYTES]) is not None


def html_grids(stream: BinaryIO, encoding: str | None, repairs: list[Repair]) -> list[Grid]:
    """Each table with at least two rows, as `table 1` and so on.

    Raises:
        UnreadableFileError: the page has no table.
    """
    parser = TableParser()
    parser.feed(decoded(stream.read(), encoding, repairs))
    parser.close()
    for table in parser.open:
        table.end_cell()
    filled = [table for table in parser.tables if sum(any(row) for row in table.rows) > 1]
    if not filled:
        raise UnreadableFileError(
            "This is an HTML page without a table; perhaps a sign-in or an error page was saved instead of a file."
        )
    return [
        Grid(
            name="table" if len(filled) == 1 else f"table {number}",
            rows=[Row(number=row, cells=cells) for row, cells in enumerate(table.rows, start=1)],
            merges=table.merges,
        )
        for number, table in enumerate(filled, start=1)
    ]


def decoded(content: bytes, encoding: str | None, repairs: list[Repair]) -> str:
    match = CHARSET.search(content[:HEAD_BYTES])
    named = encoding or (match[1].decode("ascii", "replace") if match else "utf-8-sig")
    for candidate in (named, "utf-8-sig"):
        try:
            return content.decode(candidate)
        except (LookupError, UnicodeDecodeError):
            continue
    repairs.append(
        Repair(
            code="encoding-guessed", message="The page is not UTF-8; it was read as Windows-1252."
        )
    )
    return content.decode("cp1252", errors="replace")
