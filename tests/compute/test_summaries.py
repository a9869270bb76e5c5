"""Histograms and search, whole values."""

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.compute.edges import bound_edge_weights, edge_weights
from graphkeep.compute.summaries.histogram import histogram
from graphkeep.compute.summaries.search import search
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.normalize import bind


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


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("muller", ["Müller", "MULLER"]),
        ("Müller", ["Müller", "MULLER"]),
        ("lodz", ["Łódź"]),
        ("strasse", ["Straße"]),
        ("STRASSE", ["Straße"]),
        ("straße", ["Straße"]),
        ("orsted", ["Ørsted"]),
        ("istanbul", ["İstanbul"]),
        ("москва", ["Москва"]),
        ("acm\u0301e", ["ACME"]),
        ("e\u0301cole", ["école"]),
        ("\u0301", []),
    ],
)
def test_accents_and_case_do_not_matter_on_either_side(query, texts) -> None:
    names = ["Müller", "MULLER", "Straße", "Łódź", "Ørsted", "İstanbul", "Москва", "ACME", "école"]
    nodes = pa.table({"name": pa.chunked_array([names[:4], [None], names[4:]])})

    assert [hit.text for hit in search(nodes, query)] == texts


def test_ids_beyond_2_53_have_bars() -> None:
    ids = [708663653625634816, 708663653625634817]
    bars = histogram(pa.chunked_array([pa.array(ids)]))
    wide = histogram(pa.chunked_array([pa.array([2**63 - 1, 2**62 + 1, -(2**63)])]))

    assert (sum(bars.counts), len(bars.edges)) == (2, len(bars.counts) + 1)
    assert sum(wide.counts) == 3


def weighted(weights):
    edges = pa.table({"s": ["a", "b", "c"], "d": ["b", "c", "a"], "w": weights})
    return bind(edges, None, Bindings(source="s", destination="d", edge_weight="w")).graph


def test_weights_that_are_texts_of_numbers_are_weights() -> None:
    assert edge_weights(weighted(["1", "2.5", "x"]), "w").tolist() == [1, 2.5, 0]
    assert bound_edge_weights(weighted(["1", "4", "x"])).tolist() == [0.25, 1, 0]
    assert bound_edge_weights(weighted(["a", "b", "c"])) is None


def test_weights_without_a_number_are_refused_in_words() -> None:
    with pytest.raises(UserInputError, match="'w' holds no numbers to weigh by"):
        edge_weights(weighted(["a", "b", "c"]), "w")
