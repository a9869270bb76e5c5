"""Hostile text tables: bounded in columns, names, repairs and time, with the reason."""

import time

import pytest

from graphkeep.graph.errors import UnreadableFileError

from .reading import read, read_texts


def test_a_megabyte_of_commas_is_refused_with_the_reason():
    start = time.process_time()

    with pytest.raises(
        UnreadableFileError, match="1,000,001 columns; a text table may have at most 32,768"
    ):
        read("," * 1_000_000 + "\n")
    assert time.process_time() - start < 10


def test_equal_names_are_told_once():
    count = 2000

    result = read(",".join(["x"] * count) + "\n" + ",".join(["1"] * count) + "\n")

    assert result.columns[:3] == ["x", "x_2", "x_3"]
    assert result.columns[-1] == f"x_{count}"
    assert len(result.repairs) == 11
    assert result.repairs[-1].count == count - 11


def test_a_row_of_far_more_cells_keeps_them_in_its_last_one():
    long = ",".join(str(n) for n in range(500_000))

    result = read_texts("a,b\n" + "1,2\n" * 1000 + long + "\n")

    assert len(result.columns) == 1002
    last = result.rows[-1]
    assert ",".join(str(cell) for cell in last) == long
    assert result.repair("cells-joined").lines == (1002,)


def test_lines_of_open_quotes_take_linear_time():
    start = time.process_time()

    result = read_texts("a,b\n" + '"x,y\n' * 20_000)

    assert len(result.rows) == 20_000
    assert time.process_time() - start < 20


def test_a_line_of_quotes_and_separators_is_read_in_bounded_time():
    start = time.process_time()

    result = read_texts("a,b\n" + '","' * 50_000 + "\n1,2\n")

    assert result.rows[-1][:2] == ["1", "2"]
    assert time.process_time() - start < 10


def test_repairs_of_many_bad_rows_are_few_and_short():
    result = read("a,b\n" + "1,2,3\n1\n1,2\n1,2\n" * 5000)

    assert [repair.count for repair in result.repairs if repair.code == "ragged-rows"] == [
        5000,
        5000,
    ]
    assert all(len(repair.lines) <= 10 and len(repair.before) <= 200 for repair in result.repairs)


def test_a_long_line_alone_is_one_value():
    assert read_texts("x" * 3_000_000 + "\ny\nz\n").rows[-1] == ["z"]


def test_more_names_than_a_table_may_have_columns_are_refused():
    with pytest.raises(UnreadableFileError, match="names has 100,000 names; a text table may"):
        read("a,b\n1,2\n", names=["x"] * 100_000)


def test_names_without_cells_are_empty_columns():
    result = read("a,b\n1,2\n", names=["x", "y", "x", "z"], header=0)

    assert (result.columns, result.rows) == (["x", "y", "x_2", "z"], [[1, 2, None, None]])
