"""A column of texts becomes numbers only if every text comes back the same."""

import pyarrow as pa
import pytest

from graphkeep.graph.values.numbers import plain_numbers


def numbers(*texts):
    values = plain_numbers(pa.chunked_array([pa.array(texts, pa.string())]))
    return None if values is None else (str(values.type), values.to_pylist())


@pytest.mark.parametrize(
    ("texts", "dtype", "values"),
    [
        (["1", "20", None], "int64", [1, 20, None]),
        (["-5", "0", "3"], "int64", [-5, 0, 3]),
        (["708663653625634816", "708663653625634817"], "int64",
         [708663653625634816, 708663653625634817]),
        (["9223372036854775807", "-9223372036854775808"], "int64", [2**63 - 1, -(2**63)]),
        (["18446744073709551615", "1"], "uint64", [2**64 - 1, 1]),
        (["100.00", "75.50", "3"], "double", [100.0, 75.5, 3.0]),
        (["-0.25", ".5"], "double", [-0.25, 0.5]),
        (["1e-05", "1.5E10", "2.5e+3"], "double", [1e-05, 1.5e10, 2500.0]),
        (["0.8444218515250481", "0.7579544029403025"], "double",
         [0.8444218515250481, 0.7579544029403025]),
        (["1.000000000000000056e-01"], "double", [0.1]),
        (["0.10000000000000001"], "double", [0.1]),
        (["708663653625634816", "0.5"], "double", [708663653625634816.0, 0.5]),
    ],
)  # fmt: skip
def test_numbers_as_programs_write_them_are_numbers(texts, dtype, values):
    assert numbers(*texts) == (dtype, values)


@pytest.mark.parametrize(
    "texts",
    [
        ["0012345", "98765"],
        ["00.5"],
        ["-007"],
        ["+49"],
        ["4e12345", "1234567"],
        ["7e10000"],
        ["12e5", "123"],
        ["1e5"],
        ["1.5e400"],
        ["1.5e-400"],
        ["12345678901234567890123"],
        ["-9223372036854775809"],
        ["708663653625634817", "0.5"],
        ["0.1234567890123456789"],
        ["1.2.3"],
        ["10.0.0.1"],
        ["5."],
        ["1-2"],
        ["-"],
        ["--5"],
        ["0x1f"],
        ["inf", "1"],
        ["nan", "1"],
        ["1_000"],
        ["1 000"],
        ["٣"],
        [""],
        [" 5"],
        [None],
    ],
)
def test_what_would_not_come_back_the_same_is_no_number(texts):
    assert numbers(*texts) is None


def test_a_slice_of_a_column_is_judged_by_its_own_texts():
    texts = pa.array(["x", "1", "2", "y"], pa.string()).slice(1, 2)

    assert plain_numbers(pa.chunked_array([texts])).to_pylist() == [1, 2]


def test_parts_of_a_column_are_judged_together():
    parts = pa.chunked_array([pa.array(["1"]), pa.array([], pa.string()), pa.array(["2.5"])])

    assert plain_numbers(parts).to_pylist() == [1.0, 2.5]
