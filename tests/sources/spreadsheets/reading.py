"""Makes workbooks in a test and reads them as an upload does."""

import io
from pathlib import Path

import openpyxl

from graphkeep.sources.file_format import ReadOptions, ReadResult
from graphkeep.sources.registry import format_of, read_tables
from graphkeep.sources.spreadsheets.excel import SPREADSHEETS

CASES = Path(__file__).parents[1] / "cases"


def workbook(sheets, *, merge=(), hidden=()) -> bytes:
    """An xlsx of lists of rows by the name of their sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(number, column, value)
        for cells in merge:
            sheet.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(content: str | bytes, name: str = "", **options) -> ReadResult:
    data = content if isinstance(content, bytes) else content.encode()
    best = max(SPREADSHEETS, key=lambda each: each.recognize(data[: 1 << 16], name))
    if best.recognize(data[: 1 << 16], name) < 0.5:
        best = format_of(name or "xls")
    return read_tables(io.BytesIO(data), best, ReadOptions(parser_options=options, name=name))


def read_rows(rows, *, merge=(), **options) -> ReadResult:
    return read(workbook({"Sheet": rows}, merge=merge), **options)


def tables(result: ReadResult) -> dict[str, list[dict]]:
    return {named.name: named.table.to_pylist() for named in result.tables}


def only(result: ReadResult) -> list[dict]:
    (named,) = result.tables
    return named.table.to_pylist()


def types(result: ReadResult, number: int = 0) -> dict[str, str]:
    return {field.name: str(field.type) for field in result.tables[number].table.schema}


def repairs(result: ReadResult) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(repair.code, repair.count, repair.lines) for repair in result.repairs]
