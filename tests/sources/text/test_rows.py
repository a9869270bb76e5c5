"""Rows of other widths: no cell is dropped, no type is lost, and it is told which lines they are."""

import io

import numpy as np
import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.text.csv import CSV
from graphkeep.sources.text.rows import blocks
from graphkeep.sources.text.rows.line_numbers import LineNumbers

from .reading import read, read_texts


def test_a_longer_row_widens_the_table_and_types_stay():
    result = read("s,d,t,ok\n1,2,2026-01-01,true\n3,4,2026-01-02,false,more\n5,6,2026-01-03,true\n")

    assert result.columns == ["s", "d", "t", "ok", "column5"]
    assert [str(field.type) for field in result.tables[0].table.schema] == [
        "int64", "int64", "date32[day]", "bool", "string",
    ]  # fmt: skip
    assert [row[4] for row in result.rows] == [None, "more", None]
    ragged = result.repair("ragged-rows")
    assert (ragged.count, ragged.lines, ragged.before) == (1, (3,), "3,4,2026-01-02,false,more")


def test_a_shorter_row_has_empty_cells():
    result = read("a,b,c\n1,2,3\n4\n5,6,7\n")

    assert result.rows == [[1, 2, 3], [4, None, None], [5, 6, 7]]
    assert result.repair("ragged-rows").lines == (3,)


def test_lines_are_right_below_blank_lines_and_cells_of_several_lines():
    result = read('a,b\n1,"x\ny"\n\n\n2,z,extra\n3,w\n')

    assert result.rows == [[1, "x\ny", None], [2, "z", "extra"], [3, "w", None]]
    assert result.repair("ragged-rows").lines == (6,)


def test_empty_cells_behind_the_last_column_are_no_column():
    result = read("a,b\n1,2,\n3,4,,\n5,6\n")

    assert (result.columns, result.rows) == (["a", "b"], [[1, 2], [3, 4], [5, 6]])
    assert result.codes == []


def test_a_row_with_another_separator_is_read_with_it():
    result = read_texts('a,b,c\n1,x y,3\n4 "y, z" 6\n7,8,9\n')

    assert result.rows == [["1", "x y", "3"], ["4", "y, z", "6"], ["7", "8", "9"]]
    assert result.repair("separator-differs").lines == (3,)


def test_names_that_no_row_fills_stay_columns():
    result = read("a,b,c\n1,2\n3,4\n")

    assert (result.columns, result.rows) == (["a", "b", "c"], [[1, 2, None], [3, 4, None]])


def test_a_name_that_is_taken_or_missing_is_told():
    result = read("x,,x\n1,2,3\n")

    assert result.columns == ["x", "column2", "x_2"]
    assert [(repair.column, repair.lines) for repair in result.repairs] == [
        ("column2", (1,)),
        ("x_2", (1,)),
    ]


@pytest.mark.parametrize(
    ("bad_lines", "rows"),
    [("skip", [[1, 2], [5, 6]]), ("widen", [[1, 2, None], [3, 4, 9], [5, 6, None]])],
)
def test_bad_lines_are_what_the_sender_wants(bad_lines, rows):
    assert read("a,b\n1,2\n3,4,9\n5,6\n", on_bad_lines=bad_lines).rows == rows


def test_skipped_lines_are_told_and_an_error_names_its_line():
    assert read("a,b\n1,2\n3,4,9\n", on_bad_lines="skip").repair("rows-skipped").lines == (3,)
    with pytest.raises(UnreadableFileError, match="Line 3 has 3 cells; the table has 2 columns"):
        read("a,b\n1,2\n3,4,9\n", on_bad_lines="error")


CONTENT = "".join(
    f'{n},"text {n}\nwith ""quotes"", commas",end\n' if n % 7 == 0 else
    f'{n},"stray {n},end\n' if n % 53 == 0 else
    f"{n},x{n},end,more\n" if n % 31 == 0 else
    f"{n}\n" if n % 37 == 0 else
    "a,b,c\n" if n % 101 == 0 else
    "\n" if n % 17 == 0 else
    f"{n},y{n},end\n"
    for n in range(1, 2000)
)  # fmt: skip


@pytest.mark.parametrize("size", [64, 100, 1000, 4096])
def test_blocks_of_every_size_give_the_same_table(size, monkeypatch):
    whole = CSV.read(io.BytesIO(("a,b,c\n" + CONTENT).encode()), ReadOptions())
    monkeypatch.setattr("graphkeep.sources.text.csv.BLOCK_BYTES", size)
    monkeypatch.setattr("graphkeep.sources.text.csv.BYTES_FOR_COLUMN", 1)
    assert size < blocks.BLOCK_BYTES

    cut = CSV.read(io.BytesIO(("a,b,c\n" + CONTENT).encode()), ReadOptions())

    assert cut.tables[0].table.to_pylist() == whole.tables[0].table.to_pylist()
    assert cut.repairs == whole.repairs
    assert [repair.code for repair in whole.repairs][:4] == [
        "stray-quotes", "repeated-header", "ragged-rows", "ragged-rows",
    ]  # fmt: skip


def test_the_lines_of_rows_are_known_in_runs_and_one_by_one():
    numbers = LineNumbers()
    numbers.append_run(2, 3)
    numbers.append_run(5, 2)
    numbers.append_lines(np.array([9, 12, 13]))

    assert list(numbers) == [2, 3, 4, 5, 6, 9, 12, 13]
    assert len(numbers.runs) == 2
    numbers.truncate(6)
    assert list(numbers) == [2, 3, 4, 5, 6, 9]
    numbers.truncate(4)
    assert list(numbers) == [2, 3, 4, 5]
    with pytest.raises(IndexError):
        numbers[4]


def test_cells_that_are_padded_to_one_width_lose_the_blanks_with_a_word():
    result = read(
        "            sIP|            dIP|  bytes\n"
        "       10.0.0.1|192.168.100.200|   1000\n"
        "192.168.100.200|       10.0.0.1|     40\n"
        "       10.0.0.1|      10.0.0.12|    900\n"
    )

    (named,) = result.tables
    assert named.table.to_pylist() == [
        {"sIP": "10.0.0.1", "dIP": "192.168.100.200", "bytes": 1000},
        {"sIP": "192.168.100.200", "dIP": "10.0.0.1", "bytes": 40},
        {"sIP": "10.0.0.1", "dIP": "10.0.0.12", "bytes": 900},
    ]
    trimmed = [
        (each.column, each.count, each.lines)
        for each in result.repairs
        if each.code == "blanks-trimmed"
    ]
    assert trimmed == [("sIP", 2, (2, 4)), ("dIP", 2, (3, 4)), ("bytes", 3, (2, 3, 4))]


def test_single_blanks_around_texts_of_one_length_stay():
    result = read("a,b\n x,1\n y,2\n z,3\n")

    assert result.tables[0].table["a"].to_pylist() == [" x", " y", " z"]


@pytest.mark.parametrize(
    "options", [{}, {"keep_default_na": False}, {"na_filter": False}, {"dtype": "str"}]
)
@pytest.mark.parametrize("cell", ["\\N", "NA", "   ", " x ", ""])
def test_columns_of_one_cell_again_and_again_are_read(cell, options):
    result = read("a,b\n" + f"k,{cell}\n" * 4, **options)

    assert result.tables[0].table.num_rows == 4
