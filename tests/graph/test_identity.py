"""The same id is one node whatever type or spelling a program gave it, and a blank is no id."""

import pyarrow as pa
import pytest

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.lines import with_lines
from graphkeep.graph.normalize import bind

ENDS = Bindings(source="s", destination="d")
TWEETS = [708663653625634816, 727189530466459648, 740000000000000000]
GUID = "A980540C-303C-41F3-91C2-FC7B9CC980B0"


def graph_of(source, destination, nodes=None):
    edges = pa.table({"s": source, "d": destination})
    bindings = ENDS if nodes is None else Bindings(source="s", destination="d", node="n")
    bound = bind(edges, None if nodes is None else pa.table({"n": nodes}), bindings)
    graph = bound.graph
    ends = list(zip(graph.source_index.tolist(), graph.destination_index.tolist(), strict=True))
    repairs = [(repair.code, repair.column, repair.count) for repair in bound.repairs]
    return graph.node_ids.to_pylist(), ends, repairs


def test_whole_floats_beyond_2_53_meet_their_integers():
    source = pa.array([float(TWEETS[0]), float(TWEETS[1]), None])
    destination = pa.array([TWEETS[1], TWEETS[2], TWEETS[0]])

    assert graph_of(source, destination) == (
        TWEETS,
        [(0, 1), (1, 2)],
        [("null-id-dropped", "s", 1), ("digits-may-be-lost", "s", 2)],
    )


@pytest.mark.parametrize(
    ("source", "destination", "nodes"),
    [
        ([1], ["1"], [1]),
        ([1.0], ["1"], [1]),
        ([1.0], [1], [1]),
        (["1.0"], ["1"], ["1"]),
        (["1.0", "2.0"], [1, 2], ["1", "2"]),
        ([2.0**63], pa.array([2**63], pa.uint64()), [2**63]),
        ([float(2**62)], [2**62], [2**62]),
        ([-(2.0**62)], [-(2**62)], [-(2**62)]),
        ([1.5], ["1.5"], [1.5]),
        ([GUID], [GUID.lower()], [GUID.lower()]),
        (["{" + GUID + "}"], [GUID], [GUID.lower()]),
    ],
)
def test_one_id_in_two_types_or_spellings_is_one_node(source, destination, nodes):
    ids, ends, _ = graph_of(pa.array(source), pa.array(destination))

    assert ids == nodes
    assert all(first == second for first, second in ends)


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        (["0012"], [12]),
        (["1.0", "1"], ["1", "1"]),
        (["x "], ["x"]),
        (["a"], ["A"]),
        (["1.10"], ["1.1"]),
        (["1e3"], [1000]),
        (["+1"], [1]),
        (["00"], [0]),
    ],
)
def test_ids_that_are_written_apart_stay_apart(source, destination):
    ids, _, repairs = graph_of(pa.array(source), pa.array(destination))

    assert len(ids) == 2
    assert repairs == []


def test_uuids_of_one_spelling_keep_it():
    assert graph_of([GUID], ["{" + GUID.replace("A", "B") + "}"])[0] == [
        GUID,
        "{" + GUID.replace("A", "B") + "}",
    ]


@pytest.mark.parametrize("blank", ["", " ", "   ", "\t", "\u00a0", "\u3000\n"])
def test_a_blank_is_no_id(blank):
    ids, ends, repairs = graph_of(["a", "b", blank, "c"], [blank, "c", "a", "a"])

    assert ids == ["b", "c", "a"]
    assert ends == [(0, 1), (1, 2)]
    assert repairs == [("null-id-dropped", "s", 1), ("null-id-dropped", "d", 1)]


def test_sixty_transfers_of_which_fifty_have_no_payee_draw_ten():
    source = [f"acct{number}" for number in range(60)]
    destination = ["" if number % 6 else f"acct{number + 1}" for number in range(60)]
    ids, ends, repairs = graph_of(source, destination)

    assert (len(ids), len(ends)) == (20, 10)
    assert repairs == [("null-id-dropped", "d", 50)]


def test_nan_is_no_id():
    source = pa.array([1.0, float("nan")], from_pandas=False)

    assert graph_of(source, [2, 3]) == ([1, 2], [(0, 1)], [("null-id-dropped", "s", 1)])


def test_blank_ids_of_nodes_are_left_out():
    ids, _, repairs = graph_of(["a"], ["b"], nodes=["a", "", None, "b"])

    assert ids == ["a", "b"]
    assert repairs == [("null-id-dropped", "n", 2)]


def test_the_message_says_which_lines_have_no_id():
    edges = pa.table({"s": ["a", "", "c"], "d": ["b", "b", None]})

    of_file = bind(with_lines(edges, [2, 152, 160]), None, ENDS).repairs
    of_table = bind(edges, None, ENDS).repairs

    assert [(repair.message, repair.lines) for repair in of_file] == [
        ("1 edge rows have no 's' (line 152); they are left out.", (152,)),
        ("1 edge rows have no 'd' (line 160); they are left out.", (160,)),
    ]
    assert [repair.message for repair in of_table] == [
        "1 edge rows have no 's' (row 2); they are left out.",
        "1 edge rows have no 'd' (row 3); they are left out.",
    ]


def test_the_message_names_ten_rows_and_says_that_there_are_more():
    edges = pa.table({"s": [""] * 12, "d": ["b"] * 12})
    repair = bind(edges, None, ENDS).repairs[0]

    assert repair.lines == tuple(range(1, 11))
    assert "(rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and others)" in repair.message


def test_a_placeholder_stays_a_node_and_is_told_with_the_other_way():
    edges = pa.table({"s": ["a", "b", "unknown"], "d": ["N/A", "N/A", "a"]})
    bound = bind(edges, None, ENDS)

    assert bound.graph.node_ids.to_pylist() == ["a", "b", "unknown", "N/A"]
    assert [(repair.code, repair.column, repair.count, repair.lines) for repair in bound.repairs] == [
        ("placeholder-ids", "s", 1, (3,)),
        ("placeholder-ids", "d", 2, (1, 2)),
    ]  # fmt: skip
    assert bound.repairs[1].alternative.parser_options == {"na_values": {"d": ["N/A"]}}
