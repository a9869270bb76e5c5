"""The numbers of a column of any type."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.graph.numbers import numbers_of

NAN = float("nan")


@pytest.mark.parametrize(
    ("array", "numbers"),
    [
        (pa.array([1, None]), [1, NAN]),
        (pa.array([True, False]), [1, 0]),
        (pa.array(["1", " 2.5 ", "+3", "1e2", ".5", "x", "", None]), [1, 2.5, 3, 100, 0.5, NAN, NAN, NAN]),
        (pa.array(["1", "x"]).dictionary_encode(), [1, NAN]),
        (pa.array(["nan", "inf", "1_0", "0x1f"]), [NAN, NAN, NAN, NAN]),
        (pa.array([dt.date(1970, 1, 2)]), [1]),
        (pa.array([[1], [2]]), [NAN, NAN]),
    ],
)  # fmt: skip
def test_texts_that_are_numbers_count_as_those(array, numbers):
    np.testing.assert_equal(
        numbers_of(pa.chunked_array([array])).tolist(), list(map(float, numbers))
    )
