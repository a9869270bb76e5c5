"""Workbooks that are made to harm are refused in the sandbox, which survives them."""

import io
import zipfile

import pytest

from graphkeep.graph.errors import LimitExceededError, UnreadableFileError
from graphkeep.sources.parser import FileParser
from tests.sources.spreadsheets.reading import workbook


@pytest.fixture
def parser(tmp_path):
    file_parser = FileParser(memory_bytes=400 << 20, timeout_s=60, scratch=tmp_path / "scratch")
    yield file_parser
    file_parser.close()


def with_sheet(parts):
    """A workbook whose first sheet is made of these parts."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook({"S": [["a"]]}))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for member in source.namelist():
            if member != "xl/worksheets/sheet1.xml":
                archive.writestr(member, source.read(member))
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for part in parts:
                sheet.write(part.encode())
    return target.getvalue()


HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def test_a_bomb_of_cells_is_refused(parser, tmp_path):
    cells = "".join(
        f'<c r="{chr(65 + column)}@" t="inlineStr"><is><t>{"x" * 200}</t></is></c>'
        for column in range(20)
    )
    rows = (f'<row r="{row}">{cells.replace("@", str(row))}</row>' for row in range(1, 60_001))
    (tmp_path / "bomb.xlsx").write_bytes(with_sheet([HEAD, *rows, TAIL]))
    assert (tmp_path / "bomb.xlsx").stat().st_size < 4 << 20

    with pytest.raises(LimitExceededError, match="memory"):
        parser.parse(tmp_path / "bomb.xlsx", file_format="xlsx", into=tmp_path)


def test_a_cell_far_outside_fills_no_memory(parser, tmp_path):
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    (tmp_path / "far.xlsx").write_bytes(with_sheet([HEAD, far, TAIL]))

    with pytest.raises((LimitExceededError, UnreadableFileError)) as refused:
        parser.parse(tmp_path / "far.xlsx", file_format="xlsx", into=tmp_path)
    assert refused.value.message


def test_entities_in_a_workbook_are_not_expanded(parser, tmp_path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + HEAD
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c><c r="B1"><v>1</v></c></row>'
    (tmp_path / "entity.xlsx").write_bytes(with_sheet([bomb, cell, TAIL]))

    try:
        parsed = parser.parse(tmp_path / "entity.xlsx", file_format="xlsx", into=tmp_path)
        assert "aaaaaaaaaa" not in str(parsed.tables)
    except UnreadableFileError as error:
        assert "aaaaaaaaaa" not in error.message  # noqa: PT017
