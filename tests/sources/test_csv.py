"""CSV as people have it, where the parser of Python's own library is stricter than they are."""

import io

import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.text.csv import CSV


def read(content, **parser_options):
    result = CSV.read(io.BytesIO(content), ReadOptions(parser_options=parser_options))
    return result.tables[0].table.to_pydict(), [repair.code for repair in result.repairs]


def test_a_ragged_table_may_have_very_long_cells():
    cell = "x" * 200_000

    assert read(f"s,d,w\n{cell},b,1\nb,c\n".encode()) == (
        {"s": [cell, "b"], "d": ["b", "c"], "w": [1, None]},
        ["ragged-rows"],
    )


def test_a_lone_carriage_return_in_the_header_is_refused_in_words():
    with pytest.raises(UnreadableFileError, match="is not CSV"):
        read(b"\n\x01\r\x01")


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ({}, {"a": [1, 2], "b": ["x", None]}),
        ({"header": None}, {"column1": ["a", "1", "2"], "column2": ["b", "x", None]}),
        ({"names": ["c", "d"]}, {"c": [1, 2], "d": ["x", None]}),
        ({"dtype": "str"}, {"a": ["1", "2"], "b": ["x", None]}),
        ({"dtype": {"a": "string"}}, {"a": ["1", "2"], "b": ["x", None]}),
        ({"usecols": ["b", "missing"]}, {"b": ["x", None]}),
        ({"nrows": 1}, {"a": [1], "b": ["x"]}),
        ({"na_values": ["x"]}, {"a": [1, 2], "b": [None, None]}),
        ({"skiprows": 1, "header": None}, {"column1": [1, 2], "column2": ["x", None]}),
        ({"sep": "x"}, {"a,b": ["1,", "2,"]}),
    ],
)  # fmt: skip
def test_the_options_of_clients_are_heeded(options, columns):
    found, _ = read(b"a,b\n1,x\n2,\n", **options)

    assert found == columns
