"""GDF, SIF, TGF, LGL, NCOL, METIS and the lists of networkx."""

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


def test_gdf_has_types_defaults_colors_and_quotes():
    result = read(
        "nodedef>name VARCHAR,label VARCHAR,age INT default 7,x DOUBLE,y DOUBLE,color VARCHAR\n"
        's1,\'Site, one\',10,10.0,5,\'114,116,177\'\ns2,"Site ""2""",,-1.5,6,#ff0000\n'
        "edgedef>node1 VARCHAR,node2 VARCHAR,weight DOUBLE,directed BOOLEAN,note VARCHAR(32)\n"
        "s1,s2,1.2,true,ok\n"
    )

    assert nodes(result) == [
        {"id": "s1", "label": "Site, one", "x": 10.0, "y": 5.0, "color": "#7274b1", "age": 10},
        {"id": "s2", "label": 'Site "2"', "x": -1.5, "y": 6.0, "color": "#ff0000", "age": 7},
    ]
    assert edges(result) == [
        {"source": "s1", "target": "s2", "weight": 1.2, "directed": True, "note": "ok"}
    ]
    assert bindings(result) == (
        {"node_title": "label", "node_color": "color", "node_x": "x", "node_y": "y"},
        {"edge_weight": "weight"},
    )


def test_rows_of_gdf_that_are_too_long_or_have_no_end_are_told():
    result = read("nodedef> name\na\n\nedgedef> node1,node2\na,b,extra\na,\n")

    assert edges(result) == [{"source": "a", "target": "b", "column3": "extra"}]
    assert repairs(result) == [
        ("ragged-rows", 1, (5,)), ("edge-without-target", 1, (6,)), ("node-added", 1, (5,)),
    ]  # fmt: skip


def test_sif_with_tabs_may_have_blanks_in_its_names():
    result = read("node A\txx\tnode B\tnode C\nnode D\n", "a.sif")

    assert edges(result) == [
        {"source": "node A", "target": "node B", "type": "xx"}, {"source": "node A", "target": "node C", "type": "xx"},
    ]  # fmt: skip
    assert ids(result) == ["node A", "node B", "node C", "node D"]
    assert bindings(result)[1] == {"edge_title": "type"}


def test_sif_without_a_target_is_told():
    assert repairs(read("a pp b\nc pp\n", "a.sif")) == [("edge-without-target", 1, (2,))]


def test_trivial_graphs_have_labels_after_their_ids():
    content = "1 First node\n2\n#\n1 2 Edge between\n2 1\n"

    assert recognized(content.encode()) == "tgf"
    result = read(content)
    assert nodes(result) == [{"id": "1", "label": "First node"}, {"id": "2"}]
    assert edges(result) == [
        {"source": "1", "target": "2", "label": "Edge between"}, {"source": "2", "target": "1"},
    ]  # fmt: skip


def test_a_comment_line_alone_makes_no_trivial_graph():
    assert recognized(b"a b\n#\nc d e\nf g\n") is None
    assert recognized(b"#\nsource,target\na,b\n") is None


def test_lgl_has_neighbors_below_their_node():
    result = read("# a\nb 1.5\nc\n# d\n# c\nd 2\n", "x.lgl")

    assert [(row["source"], row["target"], row.get("weight")) for row in edges(result)] == [
        ("a", "b", 1.5), ("a", "c", None), ("c", "d", 2.0),
    ]  # fmt: skip
    assert ids(result) == ["a", "b", "c", "d"]


def test_ncol_has_pairs_with_weights():
    assert edges(read("a b 1\nb c\n", "x.ncol")) == [
        {"source": "a", "target": "b", "weight": 1, "directed": False},
        {"source": "b", "target": "c", "directed": False},
    ]


def test_metis_has_each_edge_once_and_isolated_nodes():
    result = read("% by hand\n4 3\n2 3\n1 3\n1 2\n\n", "x.graph")

    assert pairs(result) == [("1", "2"), ("1", "3"), ("2", "3")]
    assert ids(result) == ["1", "2", "3", "4"]
    assert repairs(result) == []


def test_metis_with_weights_of_nodes_and_edges():
    result = read("2 1 011\n7 2 5\n8 1 5\n", "x.metis")

    assert edges(result) == [{"source": "1", "target": "2", "weight": 5, "directed": False}]
    assert nodes(result) == [{"id": "1", "weight1": 7}, {"id": "2", "weight1": 8}]


def test_metis_that_announces_other_numbers_is_told_or_refused():
    assert repairs(read("2 5\n2\n1\n", "x.metis")) == [("count-differs", 4, (1,))]
    with pytest.raises(UnreadableFileError, match="at most 20,000,000"):
        read("99999999999 1\n2\n", "x.metis")


def test_an_edge_list_of_networkx_has_its_data():
    content = "a b {'weight': 3, 'since': '2020', 'ok': True}\nb c {}\nc a {'weight': 2.5, 'tags': ['x', 'y']}\n"

    assert recognized(content.encode()) == "edgelist"
    assert edges(read(content)) == [
        {"source": "a", "target": "b", "weight": 3.0, "since": "2020", "ok": True},
        {"source": "b", "target": "c"},
        {"source": "c", "target": "a", "weight": 2.5, "tags": '["x", "y"]'},
    ]


def test_data_that_is_no_dict_is_kept_as_text_and_told():
    result = read("a b {'w': 1}\na c {'at': datetime(2020)}\n")

    assert edges(result)[1] == {"source": "a", "target": "c", "data": "{'at': datetime(2020)}"}
    assert repairs(result) == [("data-unread", 1, (2,))]


def test_data_is_never_run():
    result = read("a b {'w': __import__('os').getpid()}\n")

    assert edges(result) == [
        {"source": "a", "target": "b", "data": "{'w': __import__('os').getpid()}"}
    ]


HEADER = "#run.py\n# GMT Tue Jan 1 00:00:00 2026\n# \n"


def test_adjacency_lists_of_networkx_have_neighbors_beside_their_node():
    result = read(HEADER + "a b c\nb c\nc\nd\n")

    assert pairs(result) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert ids(result) == ["a", "b", "c", "d"]


def test_multiline_adjacency_lists_have_neighbors_below_their_node():
    result = read(HEADER + "a 2\nb {'weight': 5}\nc {}\nb 1\nc {}\nc 0\n")

    assert [(row["source"], row["target"], row.get("weight")) for row in edges(result)] == [
        ("a", "b", 5), ("a", "c", None), ("b", "c", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        "source,target\na,b\n", "a b\nb c\n", "# comment\n1\t2\n", '{"nodes": []}', "a;b\n1;2\n", "",
        "graph\n", "node,label\n", "1 2 3\n2 3 4\n", "name {x}\n",
        '{"a": 1, "b": {"c": 2}}\n{"a": 2, "b": {"c": 3}}\n', '2026-01-01 INFO {"user": "ann"}\n',
    ],
)  # fmt: skip
def test_plain_tables_are_no_graph_files(content):
    assert recognized(content.encode(), "edges.csv") is None
    assert recognized(content.encode(), "edges.txt") is None
