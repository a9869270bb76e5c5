"""Pajek networks and projects."""

import pytest

from graphkeep.graph.errors import UnreadableFileError
from tests.sources.graph_files.reading import (
    bindings,
    edges,
    ids,
    nodes,
    pairs,
    read,
    recognized,
    repairs,
)


def test_vertices_without_names_are_numbers():
    result = read("*Vertices 3\n*Edges\n1 2\n2 3 4\n")

    assert ids(result) == ["1", "2", "3"]
    assert [(row["source"], row["target"], row["weight"], row["directed"]) for row in edges(result)] == [
        ("1", "2", 1, False), ("2", "3", 4, False),
    ]  # fmt: skip
    assert repairs(result) == []


def test_names_that_are_not_unique_are_labels_of_numbers():
    result = read('*Vertices 2\n1 "Ann"\n2 "Ann"\n*Arcs\n1 2 1\n')

    assert nodes(result) == [
        {"id": "1", "label": "Ann", "number": 1},
        {"id": "2", "label": "Ann", "number": 2},
    ]
    assert pairs(result) == [("1", "2")]
    assert bindings(result)[0] == {"node_title": "label"}


def test_lists_of_arcs_and_edges_have_several_targets_in_a_line():
    result = read(
        "*vertices 4\r\n1 a\r\n2 b\r\n3 c\r\n4 d\r\n*arcslist\r\n1 2 3\r\n*edgeslist\r\n2 4\r\n"
    )

    assert [(*pair, row["directed"]) for pair, row in zip(pairs(result), edges(result), strict=True)] == [
        ("a", "b", True), ("a", "c", True), ("b", "d", False),
    ]  # fmt: skip


def test_a_matrix_has_an_edge_for_each_value():
    result = read("*Vertices 3\n1 a\n2 b\n3 c\n*Matrix\n0 1 0\n0 0 2.5\n0 0 -1\n")

    assert [(row["source"], row["target"], row["weight"]) for row in edges(result)] == [
        ("a", "b", 1.0), ("b", "c", 2.5), ("c", "c", -1.0),
    ]  # fmt: skip


def test_a_two_mode_network_has_modes_and_its_matrix_joins_them():
    result = read("*Vertices 4 2\n1 p\n2 q\n3 x\n4 y\n*Matrix\n1 0\n1 1\n")

    assert [(row["id"], row["mode"]) for row in nodes(result)] == [
        ("p", 1),
        ("q", 1),
        ("x", 2),
        ("y", 2),
    ]
    assert pairs(result) == [("p", "x"), ("q", "x"), ("q", "y")]


def test_parameters_of_vertices_and_edges_are_read():
    result = read(
        '*Vertices 2\n1 "a" 0.1 0.2 0.5 box x_fact 2.5 ic LightPurple bc Black [1-3]\n2 "b" ellipse ic Red\n'
        '*Edges :2 "likes"\n1 2 3.5 c Blue w 4 l "strong tie" p Dots\n'
    )

    a, b = nodes(result)
    assert (a["x"], a["y"], a["shape"], a["size"], a["color"], a["ic"], a["bc"], a["times"]) == (
        0.1, 0.2, "box", 2.5, "#e6ccff", "LightPurple", "Black", "[1-3]",
    )  # fmt: skip
    assert (b["shape"], b["color"]) == ("ellipse", "Red")
    assert edges(result) == [
        {"source": "a", "target": "b", "label": "strong tie", "type": "likes", "weight": 3.5, "directed": False,
         "color": "Blue", "thickness": 4.0, "c": "Blue", "p": "Dots"}
    ]  # fmt: skip


def test_a_project_has_several_networks_and_partitions():
    result = read(
        "*Network one\n*Vertices 2\n1 a\n2 b\n*Arcs\n1 2\n*Partition sex\n*Vertices 2\n1\n2\n"
    )

    assert [(row["id"], row["partition sex"]) for row in nodes(result)] == [("a", 1), ("b", 2)]


def test_two_networks_are_two_pairs_of_tables():
    result = read(
        "*Network one\n*Vertices 1\n1 a\n*Arcs\n1 1\n*Network two\n*Vertices 1\n1 b\n*Arcs\n1 1\n"
    )

    assert [named.name for named in result.tables] == [
        "one edges",
        "one nodes",
        "two edges",
        "two nodes",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_are_readable_in_the_usual_encodings(encoding):
    content = '*Vertices 1\n1 "Müller"\n*Arcs\n1 1\n'.encode(encoding)

    assert ids(read(content)) == ["Müller"]


def test_an_encoding_that_the_sender_names_is_used():
    assert ids(read('*Vertices 1\n1 "Аня"\n*Arcs\n1 1\n'.encode("cp1251"), encoding="cp1251")) == [
        "Аня"
    ]
    with pytest.raises(UnreadableFileError, match="'nonsense' is no encoding"):
        read("*Vertices 1\n", encoding="nonsense")


def test_vertices_out_of_range_are_counted_with_their_lines():
    result = read("*Vertices 2\n1 a\n2 b\n*Arcs\n1 2\n1 3\n0 1\n1\n")

    assert pairs(result) == [("a", "b")]
    assert repairs(result) == [("vertex-ignored", 2, (6, 7)), ("edge-without-target", 1, (8,))]


def test_a_number_of_vertices_that_fills_the_memory_is_refused():
    with pytest.raises(UnreadableFileError, match="announces 99,999,999,999 vertices"):
        read("*Vertices 99999999999\n*Arcs\n1 2\n")


def test_other_texts_with_stars_are_no_pajek():
    assert recognized(b"* a list\n* of points\n") is None
