"""Values of JSON, spreadsheets and graph files keep every digit and their type."""

import datetime as dt
from decimal import Decimal

import pytest

from graphkeep.graph.values.python_values import typed_texts, typed_values


def read(values, **options):
    repairs = []
    array = typed_values(values, name="c", repairs=repairs, **options)
    return str(array.type), array.to_pylist(), [(repair.code, repair.count) for repair in repairs]


@pytest.mark.parametrize(
    ("values", "dtype", "column", "codes"),
    [
        ([1, None], "int64", [1, None], []),
        ([2**53 + 1, 2**63 - 1], "int64", [2**53 + 1, 2**63 - 1], []),
        ([2**63, 1], "uint64", [2**63, 1], []),
        ([2**64, 1], "string", [str(2**64), "1"], [("numbers-as-text", 1)]),
        ([1, 2.5], "double", [1.0, 2.5], []),
        ([2**53 + 1, 1.0], "int64", [2**53 + 1, 1], []),
        ([2**53 + 1, 1.5], "string", [str(2**53 + 1), "1.5"], [("numbers-as-text", 1)]),
        ([1.0, 2.0], "double", [1.0, 2.0], []),
        ([Decimal("1.10"), None], "double", [1.1, None], []),
        ([Decimal(2**60 + 1)], "int64", [2**60 + 1], []),
        ([True, None, False], "bool", [True, None, False], []),
        ([True, 1], "string", ["true", "1"], [("mixed-types", 2)]),
        ([1, "a"], "string", ["1", "a"], [("mixed-types", 2)]),
        ([1.0, "a"], "string", ["1", "a"], [("mixed-types", 2)]),
        ([1, "N/A", 3], "int64", [1, None, 3], [("missing-words", 1)]),
        (["0012", "1"], "string", ["0012", "1"], []),
        (["1", "2"], "string", ["1", "2"], []),
        (["", "x"], "string", [None, "x"], []),
        (["2020-01-02", None], "date32[day]", [dt.date(2020, 1, 2), None], []),
        (["31.05.2008"], "string", ["31.05.2008"], []),
        ([float("nan"), 1.5], "double", [None, 1.5], []),
        ([{"a": 1}, [2]], "string", ['{"a": 1}', "[2]"], []),
        ([dt.date(2020, 1, 2)], "date32[day]", [dt.date(2020, 1, 2)], []),
        ([dt.timedelta(minutes=1)], "double", [60.0], []),
        ([None, None], "string", [None, None], []),
        (["\ud800x"], "string", ["?x"], []),
        (["unknown", "NA"], "string", ["unknown", "NA"], [("words-among-texts", 2)]),
    ],
)
def test_a_column_is_what_all_its_values_are(values, dtype, column, codes):
    assert read(values) == (dtype, column, codes)


def test_whole_numbers_of_a_spreadsheet_are_whole():
    assert read([1.0, 708663653625634.0], whole_floats=True) == ("int64", [1, 708663653625634], [])


def test_iso_times_of_json_are_times():
    dtype, column, _ = read(["2024-03-01T10:00:00.000Z"])

    assert dtype == "timestamp[us, tz=UTC]"
    assert column == [dt.datetime(2024, 3, 1, 10, tzinfo=dt.UTC)]


def test_texts_of_a_graph_file_are_read_as_those_of_a_text_table():
    assert typed_texts(["1", "2.5", ""]).to_pylist() == [1.0, 2.5, None]
    assert typed_texts(["007", "1"]).to_pylist() == ["007", "1"]
    assert typed_texts(["true", "false"]).to_pylist() == [True, False]
    assert typed_texts([]).to_pylist() == []
