"""The sheets of xlsx, xlsm, xlsb, xls and ods files as grids of cells."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

import python_calamine

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.spreadsheets.grid import Grid, Row

ERROR_CELL = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="[A-Z]+(\d+)"[^>]*>')
ERROR_MARK = b't="e"'
BLOCK_BYTES = 1 << 20
MAX_TAG_BYTES = 1 << 12


def workbook_grids(stream: BinaryIO, repairs: list[Repair]) -> list[Grid]:
    """Visible sheets first, as they come; sheets without cells are left out.

    Raises:
        UnreadableFileError: it is no workbook, or one with a password.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(stream)
        grids = [
            grid_of(book.get_sheet_by_name(sheet.name), is_hidden=sheet.visible != VISIBLE)
            for sheet in book.sheets_metadata
            if sheet.typ == WORKSHEET
        ]
    except python_calamine.PasswordError as error:
        raise UnreadableFileError(
            "This spreadsheet needs a password: save it without one."
        ) from error
    except python_calamine.CalamineError as error:
        raise UnreadableFileError(f"This does not read as a spreadsheet: {error}") from error
    count_error_cells(stream, repairs)
    filled = [grid for grid in grids if grid.rows]
    hidden = [grid for grid in filled if grid.is_hidden]
    if hidden and len(hidden) < len(filled):
        names = ", ".join(f"'{grid.name}'" for grid in hidden[:5])
        repairs.append(
            Repair(
                code="hidden-sheet",
                message=f"Hidden sheets are read after the others: {names}.",
                table=hidden[0].name,
                count=len(hidden),
            )
        )
    return sorted(filled, key=lambda grid: grid.is_hidden)


VISIBLE = python_calamine.SheetVisibleEnum.Visible
WORKSHEET = python_calamine.SheetTypeEnum.WorkSheet


def grid_of(sheet: Any, *, is_hidden: bool) -> Grid:
    start = sheet.start or (0, 0)
    rows = [
        Row(number=number, cells=cells)
        for number, cells in enumerate(map(without_blanks, sheet.to_python()), start=start[0] + 1)
    ]
    merges = [
        (first[0], first[1] - start[1], last[0], last[1] - start[1])
        for first, last in sheet.merged_cell_ranges or ()
    ]
    return Grid(name=sheet.name, rows=rows, merges=merges, is_hidden=is_hidden)


def without_blanks(cells: list[Any]) -> list[Any]:
    return [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]


def count_error_cells(stream: BinaryIO, repairs: list[Repair]) -> None:
    """Count cells with an error such as #N/A, which are read as empty; xlsx and xlsm only."""
    stream.seek(0)
    if not zipfile.is_zipfile(stream):
        return
    rows: list[int] = []
    with zipfile.ZipFile(stream) as archive:
        for member in archive.namelist():
            if member.startswith("xl/worksheets/") and member.endswith(".xml"):
                with archive.open(member) as sheet:
                    rows += error_rows(sheet)
    if rows:
        repairs.append(
            Repair(
                code="error-cells",
                message=f"Cells that hold an error such as #N/A are read as empty: {len(rows):,}.",
                count=len(rows),
                lines=tuple(sorted(set(rows))),
            )
        )


def error_rows(sheet: IO[bytes]) -> Iterator[int]:
    """The rows of cells with an error; a tag that two blocks share is read with the second."""
    rest = b""
    while block := sheet.read(BLOCK_BYTES):
        content = rest + block
        end = content.rfind(b">") + 1
        rest = content[end:][-MAX_TAG_BYTES:]
        if ERROR_MARK in content:
            for match in ERROR_CELL.finditer(content, 0, end):
                yield int(match[1])
