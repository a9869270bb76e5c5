"""XML Spreadsheet 2003, which programs write as `.xls` or `.xml`."""

import datetime as dt
from typing import Any, BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.spreadsheets.grid import Grid, Merge, Row
from graphkeep.sources.xml_events import Attributes, XmlStream, local_attributes, root_element

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576


class SpreadsheetHandler:
    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.rows: list[Row] = []
        self.merges: list[Merge] = []
        self.name = ""
        self.number = 0
        self.cells: list[Any] = []
        self.type = ""

    def start(self, name: str, attributes: Attributes, line: int) -> None:
        if name == "Worksheet":
            self.name = local_attributes(attributes).get("Name", "")
            self.rows, self.merges, self.number = [], [], 0
        elif name == "Row":
            self.number = index_of(attributes, MAX_ROWS) or self.number + 1
            self.cells = []
        elif name == "Cell":
            column = (index_of(attributes, MAX_COLUMNS) or len(self.cells) + 1) - 1
            self.cells.extend([None] * (column - len(self.cells)))
            spans = local_attributes(attributes)
            across, down = (number_of(spans.get(key)) for key in ("MergeAcross", "MergeDown"))
            if across or down:
                self.merges.append(
                    (self.number - 1, column, self.number - 1 + down, column + across)
                )
            self.cells.extend([None] * min(1 + across, MAX_COLUMNS))
            self.column = column
        elif name == "Data":
            self.type = local_attributes(attributes).get("Type", "String")

    def end(self, name: str, text: str, line: int) -> None:
        if name == "Data" and self.cells:
            self.cells[self.column] = cell_value(text, self.type)
        elif name == "Row":
            self.rows.append(Row(number=self.number, cells=self.cells))
        elif name == "Worksheet":
            self.grids.append(Grid(name=self.name, rows=self.rows, merges=self.merges))


def cell_value(text: str, kind: str) -> Any:
    if not text.strip() or kind == "Error":
        return None
    try:
        if kind == "Number":
            number = float(text)
            return int(text) if text.lstrip("-").isdigit() else number
        if kind == "DateTime":
            return dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text.strip() in {"1", "true"} if kind == "Boolean" else text


def index_of(attributes: Attributes, maximum: int) -> int:
    return min(number_of(local_attributes(attributes).get("Index")), maximum)


def number_of(text: str | None) -> int:
    return min(int(text), MAX_ROWS) if text and text.isdigit() and len(text) < 10 else 0


def is_xml_spreadsheet(head: bytes) -> bool:
    root = root_element(head)
    return root is not None and root[0] == "Workbook" and root[1] == NAMESPACE


def xml_grids(stream: BinaryIO) -> list[Grid]:
    handler = SpreadsheetHandler()
    XmlStream(handler).parse(stream)
    if not handler.grids:
        raise UnreadableFileError("The XML spreadsheet has no worksheet.")
    return [grid for grid in handler.grids if any(row.filled for row in grid.rows)]
