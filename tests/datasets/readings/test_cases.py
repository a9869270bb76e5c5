"""Files after public bug reports: the first reading, and the graph that it makes."""

import pytest

from tests.datasets.graphs import places  # noqa: F401
from tests.datasets.readings.files import (
    CASES,
    draw,
    drawn_first,
    graph_of,
    readings_of,
    titles_of,
    upload,
)

pytestmark = pytest.mark.usefixtures("places")


def test_a_matrix_of_names_has_an_edge_for_each_cell(alice):
    reading, dataset = drawn_first(alice, CASES / "T07/matrix.csv")

    assert reading["kind"] == "matrix"
    assert graph_of(dataset) == (
        ["A", "B", "C", "D", "E"],
        [("A", "B"), ("A", "D"), ("B", "A"), ("C", "C"), ("D", "B"), ("D", "D")],
    )


def test_processes_hang_below_their_parents(alice):
    reading, dataset = drawn_first(alice, CASES / "T32/sysmon1.csv")

    assert (reading["source"], reading["destination"]) == ("ParentProcessGuid", "ProcessGuid")
    ids, ends = graph_of(dataset)
    assert ids == [f"{{3710b5c6-000{number}}}" for number in range(1, 7)]
    assert ends == [
        (f"{{3710b5c6-000{parent}}}", f"{{3710b5c6-000{child}}}")
        for parent, child in ((1, 2), (1, 3), (2, 4), (3, 5), (5, 6))
    ]


def test_dates_are_no_ends_where_nodes_are_numbered(alice):
    reading, dataset = drawn_first(alice, CASES / "T58/icij.csv")

    assert (reading["kind"], reading["source"], reading["destination"]) == (
        "edges",
        "node_1",
        "node_2",
    )
    assert reading["edge_bindings"] == {"edge_title": "rel_type", "edge_label": "rel_type"}
    assert graph_of(dataset) == (
        ["10208879", "11000001", "14000001"],
        [("10208879", "11000001"), ("11000001", "10208879"), ("11000001", "14000001")],
    )


def test_the_originator_of_a_connection_is_its_source(alice):
    reading, dataset = drawn_first(alice, CASES / "J24/conn.json")

    assert (reading["source"], reading["destination"]) == ("id.orig_h", "id.resp_h")
    assert graph_of(dataset) == (
        ["192.168.4.1", "192.168.4.76", "192.168.4.77", "31.3.245.133"],
        [
            ("192.168.4.76", "192.168.4.1"),
            ("192.168.4.76", "31.3.245.133"),
            ("192.168.4.77", "192.168.4.1"),
        ],
    )


def test_an_adjacency_list_is_offered_and_makes_six_edges(alice):
    file = upload(alice, CASES / "T06/adjacency_list.csv")
    readings = readings_of(alice, file)["readings"]

    dataset = draw(alice, next(one for one in readings if one["kind"] == "adjacency"), file)
    assert graph_of(dataset) == (
        ["D", "M", "O", "P", "S", "T", "V"],
        [("O", "D"), ("O", "S"), ("O", "S"), ("O", "T"), ("P", "M"), ("P", "V")],
    )


def test_nodes_and_edges_of_one_table_are_told_apart(alice):
    reading, dataset = drawn_first(alice, CASES / "T28/apoc_all.csv")

    assert (reading["kind"], reading["source"], reading["destination"], reading["node"]) == (
        "edges+nodes", "_start", "_end", "_id",
    )  # fmt: skip
    assert graph_of(dataset) == (
        ["188", "189", "190"],
        [("188", "189"), ("188", "190"), ("189", "190")],
    )
    assert titles_of(dataset) == ["Berlin", "Michael", "Selina"]
    assert dataset.repairs == []


def test_a_table_of_nodes_says_that_edges_are_missing(alice):
    reading, dataset = drawn_first(alice, CASES / "T57/gephi_nodes.csv")

    assert (reading["kind"], reading["node"]) == ("nodes", "Id")
    assert "This is a table of nodes" in reading["reason"]
    assert "Add a table of edges" in reading["reason"]
    assert graph_of(dataset) == (["1", "2", "3", "4"], [])
    assert titles_of(dataset) == ["Attic", "Garden", "Kitchen", "Office"]


@pytest.mark.parametrize("order", [("nodes.csv", "edges.csv"), ("edges.csv", "nodes.csv")])
def test_nodes_and_edges_of_two_files_are_one_graph(alice, order):
    reading, dataset = drawn_first(alice, *(CASES / "D01" / name for name in order))

    assert (reading["kind"], reading["source"], reading["destination"], reading["node"]) == (
        "edges+nodes", "Source", "Target", "Id",
    )  # fmt: skip
    assert graph_of(dataset) == (["1", "2", "3"], [("1", "2"), ("2", "3"), ("3", "1")])
    assert titles_of(dataset) == ["Garden", "Kitchen", "Office"]


def test_a_list_of_one_column_says_what_a_graph_needs(alice):
    answer = readings_of(alice, upload(alice, CASES / "T54/iocs.csv"))

    assert answer["readings"] == []
    assert answer["message"].startswith(
        "This is a list of one column, 'ip'. A graph needs two columns"
    )


def test_labels_and_weights_of_a_workbook_are_bound(alice):
    reading, dataset = drawn_first(alice, CASES / "X04/network.xlsx")

    assert (reading["kind"], reading["node"]) == ("edges+nodes", "Id")
    assert reading["node_bindings"]["node_title"] == "Label"
    assert reading["edge_bindings"]["edge_weight"] == "Weight"
    ids, ends = graph_of(dataset)
    assert (len(ids), len(ends)) == (4, 3)
    assert titles_of(dataset) == ["Ann", "Bob", "Cem", "Dee"]
