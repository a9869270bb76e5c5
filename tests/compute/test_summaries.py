"""Histograms and search, whole values."""

import numpy as np
import pyarrow as pa

from graphkeep.compute.summaries.histogram import histogram
from graphkeep.compute.summaries.search import search


def test_whole_numbers_get_a_bar_each_and_null_its_code() -> None:
    found = histogram(pa.chunked_array([[1, 2, 2, None, 4]]))

    assert (found.kind, found.edges, found.counts) == ("number", [1, 2, 3, 4, 5], [1, 2, 0, 1])
    assert found.codes.tolist() == [0, 1, 1, 255, 3]


def test_categories_are_ordered_by_count_and_the_rest_is_one_bar() -> None:
    values = ["b"] * 3 + ["a"] * 2 + [f"x{i}" for i in range(60)] + [None]
    found = histogram(pa.chunked_array([values]))

    assert found.labels[:2] == ["b", "a"]
    assert found.labels[-1] == "22 others"
    assert sum(found.counts) == 65
    assert found.codes[0] == 0
    assert found.codes[-1] == 255


def test_times_are_seconds() -> None:
    column = pa.chunked_array([pa.array([0, 86_400_000], pa.timestamp("ms"))])

    assert histogram(column).edges[0] == 0.0
    assert histogram(column).edges[-1] == 86400.0


def test_whole_values_come_before_beginnings_and_insides() -> None:
    nodes = pa.table(
        {
            "id": ["xalice", "alice2", "alice", "bob"],
            "degree": pa.array(np.array([9, 1, 1, 5])),
        }
    )
    assert [(hit.row, hit.text) for hit in search(nodes, "ALICE")] == [
        (2, "alice"),
        (1, "alice2"),
        (0, "xalice"),
    ]
    assert search(nodes, "  ") == []
    assert search(nodes, "a.*e") == []
