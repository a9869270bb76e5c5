"""Spreadsheets: the tables of their sheets, and HTML, XML and text that have the suffix of one."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult
from graphkeep.sources.spreadsheets.grid import Grid
from graphkeep.sources.spreadsheets.html_tables import html_grids, is_html
from graphkeep.sources.spreadsheets.known_workbooks import known_workbook
from graphkeep.sources.spreadsheets.sheet_tables import sheet_tables
from graphkeep.sources.spreadsheets.workbook import workbook_grids
from graphkeep.sources.spreadsheets.xml_spreadsheet import is_xml_spreadsheet, xml_grids
from graphkeep.sources.text.csv import CSV

OPTIONS = ("header", "names", "skiprows", "skipfooter", "nrows", "encoding")
HEAD_BYTES = 1 << 16
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")  # worksheets before 1997, without OLE
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MHTML = b"MIME-Version:"


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if head.startswith((ZIP, OLE, *BIFF)):
        repairs: list[Repair] = []
        return tables_of(workbook_grids(stream, repairs), options.parser_options, repairs)
    if is_xml_spreadsheet(head):
        return tables_of(xml_grids(stream), options.parser_options, [])
    if is_html(head):
        return read_html(stream, options)
    if head.startswith(MHTML):
        raise UnreadableFileError(
            "This is a web archive (MHTML) with the suffix of a spreadsheet: save it as .xlsx or CSV."
        )
    if not head.strip() or b"\0" in head or is_binary(head):
        raise UnreadableFileError("This does not read as a spreadsheet: it is empty or damaged.")
    result = CSV.read(stream, options)
    return ReadResult(
        tables=result.tables,
        repairs=(
            Repair(
                code="format-recognized",
                message="The file has the suffix of a spreadsheet, but it is text; it is read as a text table.",
            ),
            *result.repairs,
        ),
        interpretations=result.interpretations,
    )


def is_binary(head: bytes) -> bool:
    """Whether control characters stand in the first bytes, which text has none of."""
    return any(byte < 32 and byte not in b"\t\n\r\f\x0b\x1b" for byte in head[:1024])


def read_html(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    repairs: list[Repair] = []
    grids = html_grids(stream, options.parser_options.get("encoding"), repairs)
    return tables_of(grids, options.parser_options, repairs, are_texts=True)


def tables_of(
    grids: list[Grid],
    options: Mapping[str, Any],
    repairs: list[Repair],
    *,
    are_texts: bool = False,
) -> ReadResult:
    """The tables of all sheets.

    Raises:
        UnreadableFileError: an option is not known for spreadsheets, or no sheet has cells.
    """
    unknown = [name for name in options if name not in OPTIONS]
    if unknown:
        raise UnreadableFileError(
            f"parser_options: '{unknown[0]}' is no option of spreadsheets; use {', '.join(OPTIONS)}."
        )
    tables: list[NamedTable] = []
    for grid in grids:
        tables += sheet_tables(grid, options, repairs, are_texts=are_texts)
    if not tables:
        raise UnreadableFileError("The spreadsheet has no sheet with cells in it.")
    tables, interpretations = known_workbook(tables, repairs)
    return ReadResult(tables=tuple(tables), repairs=tuple(repairs), interpretations=interpretations)


def recognize_workbook(head: bytes, name: str) -> float:
    is_ods = ODS_TYPE in head[:200]
    is_office = b"[Content_Types].xml" in head or b"xl/workbook" in head or b"xl/worksheets" in head
    is_excel = is_office and b"word/document.xml" not in head and b"ppt/slides" not in head
    return 0.97 if head.startswith(ZIP) and is_excel and not is_ods else 0.0


def recognize_ods(head: bytes, name: str) -> float:
    return 0.98 if head.startswith(ZIP) and ODS_TYPE in head[:200] else 0.0


def recognize_xls(head: bytes, name: str) -> float:
    if head.startswith(OLE):
        return 0.95
    return 0.99 if is_xml_spreadsheet(head) else 0.0


def recognize_html(head: bytes, name: str) -> float:
    return 0.95 if is_html(head) else 0.0


XLSX = FileFormat(
    name="xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    suffixes=(".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm"),
    read=read,
    recognize=recognize_workbook,
)
ODS = FileFormat(
    name="ods",
    media_type="application/vnd.oasis.opendocument.spreadsheet",
    suffixes=(".ods",),
    read=read,
    recognize=recognize_ods,
)
XLS = FileFormat(
    name="xls",
    media_type="application/vnd.ms-excel",
    suffixes=(".xls", ".xlt"),
    read=read,
    recognize=recognize_xls,
)
HTML = FileFormat(
    name="html",
    media_type="text/html",
    suffixes=(".html", ".htm"),
    read=read_html,
    recognize=recognize_html,
)
SPREADSHEETS = (XLSX, ODS, XLS, HTML)
