"""Spreadsheets: one table a sheet, the first row that is not empty is the header."""

import datetime as dt
from typing import Any, BinaryIO

import pyarrow as pa
import python_calamine

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    repairs: list[Repair] = []
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(stream)
        sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except python_calamine.CalamineError as error:
        raise UnreadableFileError(f"This does not read as a spreadsheet: {error}") from error
    tables = tuple(
        NamedTable(name=name, table=table_of(name, rows, repairs))
        for name, rows in sheets
        if any(any(cell != "" for cell in row) for row in rows)
    )
    if not tables:
        raise UnreadableFileError("The spreadsheet has no sheet with cells in it.")
    return ReadResult(tables=tables, repairs=tuple(repairs))


def table_of(sheet: str, rows: list[list[Any]], repairs: list[Repair]) -> pa.Table:
    filled_rows = [row for row in rows if any(cell != "" for cell in row)]
    header, body = filled_rows[0], filled_rows[1:]
    column_indices = [
        i
        for i in range(len(header))
        if header[i] != "" or any(i < len(row) and row[i] != "" for row in body)
    ]
    columns: dict[str, pa.Array] = {}
    for i in column_indices:
        name = str(header[i]).strip() or f"column{i + 1}"
        copy = 2
        while name in columns:
            name = f"{str(header[i]).strip() or f'column{i + 1}'}_{copy}"
            copy += 1
        values = [row[i] if i < len(row) and row[i] != "" else None for row in body]
        columns[name] = as_array(name, sheet, values, repairs)
    return pa.table(columns)


def as_array(name: str, sheet: str, values: list[Any], repairs: list[Repair]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {float} and all(
        value is None or value == int(value)
        for value in values
        if value is None or abs(value) < 2**53
    ):
        try:
            return pa.array([None if value is None else int(value) for value in values], pa.int64())
        except (OverflowError, ValueError):
            return pa.array(values, pa.float64())
    if kinds <= {int, float} and kinds:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if len(kinds) == 1 and kinds <= {bool, str, dt.datetime, dt.date}:
        return pa.array(values)
    if not kinds:
        return pa.array(values, pa.string())
    repairs.append(
        Repair(
            code="mixed-types",
            message=f"'{name}' in sheet '{sheet}' mixes kinds of values; all are read as text.",
            table=sheet,
            column=name,
            count=len(values),
        )
    )
    return pa.array([None if value is None else as_text(value) for value in values], pa.string())


def as_text(value: Any) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


XLSX = FileFormat(
    name="xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    suffixes=(".xlsx", ".xlsm", ".ods"),
    read=read,
)
XLS = FileFormat(name="xls", media_type="application/vnd.ms-excel", suffixes=(".xls",), read=read)
