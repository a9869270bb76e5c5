"""Batches whose columns and types differ become one table, without the loss of a value."""

import pyarrow as pa
import pytest

from graphkeep.sources.databases.column_union import union_table


def joined(*columns):
    table = union_table(pa.RecordBatch.from_pydict(each) for each in columns)
    return table.to_pydict(), {field.name: str(field.type) for field in table.schema}


def test_a_column_that_comes_later_is_null_before():
    assert joined({"a": [1]}, {"a": [2], "b": ["x"]}) == (
        {"a": [1, 2], "b": [None, "x"]},
        {"a": "int64", "b": "string"},
    )


@pytest.mark.parametrize(
    ("first", "second", "joined_values", "dtype"),
    [
        ([1], [2.5], [1.0, 2.5], "double"),
        ([2.5], [1], [2.5, 1.0], "double"),
        ([2**60], [2.5], [str(2**60), "2.5"], "string"),
        ([2.5], [2**60], ["2.5", str(2**60)], "string"),
        ([1], ["x"], ["1", "x"], "string"),
        ([None], [7], [None, 7], "int64"),
        ([None], [None], [None, None], "string"),
        ([b"\xff"], ["x"], ["ff", "x"], "string"),
        ([True], [2], ["true", "2"], "string"),
        ([2**60], [1], [2**60, 1], "int64"),
    ],
)
def test_the_type_of_a_column_holds_all_of_its_values(first, second, joined_values, dtype):
    assert joined({"n": first}, {"n": second}) == ({"n": joined_values}, {"n": dtype})


def test_a_large_whole_number_among_floats_is_kept_whatever_comes_between():
    batches = ({"n": [1]}, {"n": [2.5]}, {"n": [2**60]}, {"n": [3]})

    values, types = joined(*batches)

    assert values == {"n": ["1", "2.5", str(2**60), "3"]}
    assert types == {"n": "string"}
