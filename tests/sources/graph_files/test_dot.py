"""The DOT language of Graphviz, and what its tools write."""

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


def test_chains_make_an_edge_for_each_step():
    result = read("digraph G { a -> b -> c; c -> a }")

    assert pairs(result) == [("a", "b"), ("b", "c"), ("c", "a")]
    assert ids(result) == ["a", "b", "c"]
    assert {row["directed"] for row in edges(result)} == {True}


def test_edges_to_and_from_subgraphs_are_all_their_pairs():
    assert pairs(read("graph { {a b} -- {c d} -- e }")) == [
        ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "e"), ("d", "e"),
    ]  # fmt: skip


def test_defaults_hold_from_where_they_stand_and_inside_their_braces():
    result = read(
        'digraph { a; node [shape=box, color="#ff0000"]; b; subgraph cluster_x { node [shape=circle]; '
        "edge [weight=3]; c -> d } e; edge [label=later]; e -> a }"
    )

    assert [(row["id"], row.get("shape"), row.get("color"), row.get("parent")) for row in nodes(result)] == [
        ("a", None, None, None), ("b", "box", "#ff0000", None), ("c", "circle", "#ff0000", "cluster_x"),
        ("d", "circle", "#ff0000", "cluster_x"), ("e", "box", "#ff0000", None),
    ]  # fmt: skip
    assert [(row["source"], row.get("weight"), row.get("label")) for row in edges(result)] == [
        ("c", 3, None), ("e", None, "later"),
    ]  # fmt: skip


def test_later_attributes_of_a_node_go_before_earlier_ones():
    assert nodes(read("graph { a [label=x]; b; a [label=y, age=3] }"))[0] == {
        "id": "a", "label": "y", "age": 3,
    }  # fmt: skip


def test_names_may_be_quoted_joined_numbers_html_and_of_any_alphabet():
    result = read(
        'graph { "a \\"b\\"" -- "c" + "d"; 1.5 -- -3; Ångström -- "graph"; <b>x</b> -- <<i>y</i>> }'.replace(
            "<b>x</b> --", '"x" --'
        )
    )

    assert pairs(result) == [
        ('a "b"', "cd"),
        ("1.5", "-3"),
        ("Ångström", "graph"),
        ("x", "<i>y</i>"),
    ]


def test_ports_are_columns_of_the_edges():
    assert edges(read("digraph { a:out -> b:in:ne }")) == [
        {
            "source": "a",
            "target": "b",
            "directed": True,
            "source_port": "out",
            "target_port": "in:ne",
        }
    ]


def test_labels_are_read_with_their_escapes_and_without_their_tags():
    result = read(
        'digraph G { a [label="\\N in \\G\\nnext\\l"]; b [label=<<b>Bold</b><br/>&lt;x&gt;>]; a -> b [label="to"] }'
    )

    assert nodes(result) == [
        {"id": "a", "label": "a in G\nnext"},
        {"id": "b", "label": "Bold\n<x>", "label html": "<b>Bold</b><br/>&lt;x&gt;"},
    ]
    assert bindings(result) == ({"node_title": "label"}, {"edge_title": "label"})


def test_what_graphviz_lays_out_is_places_and_colors():
    result = read(
        'digraph { graph [bb="0,0,54,108"]; node [label="\\N"]; a [height=0.5, pos="27,90", width=0.75, '
        'style=filled, fillcolor=lightblue, color=red]; b [pos="27,18.5!", color="0.0 1.0 1.0"]; '
        'a -> b [pos="e,27,36.1 27,71.7", penwidth=2.5, color="red:blue"]; }'
    )

    a, b = nodes(result)
    assert (a["x"], a["y"], a["width"], a["height"], a["color"], a["border color"]) == (
        27.0, 90.0, 0.75, 0.5, "lightblue", "red",
    )  # fmt: skip
    assert (b["x"], b["y"], b["color"], b["label"]) == (27.0, 18.5, "#ff0000", "b")
    assert edges(result)[0]["color"] == "red"
    assert bindings(result) == (
        {"node_title": "label", "node_color": "color", "node_x": "x", "node_y": "y"},
        {"edge_color": "color", "edge_size": "thickness"},
    )
    assert [repair.column for repair in result.repairs] == ["bb"]


def test_a_strict_graph_merges_repeated_edges_and_says_so():
    result = read("strict graph { a -- b [w=1];\nb -- a [label=x]; a -- c }")

    assert edges(result) == [
        {"source": "a", "target": "b", "label": "x", "directed": False, "w": 1},
        {"source": "a", "target": "c", "directed": False},
    ]
    assert repairs(result) == [("edge-merged", 1, (2,))]


def test_comments_preprocessor_lines_and_semicolons_are_skipped():
    result = read(
        '/* made by */\n# 1 "x"\n// note\nstrict digraph "my graph" {\n# line\n a -> b;; b -> c, }'
    )

    assert pairs(result) == [("a", "b"), ("b", "c")]


def test_values_of_the_graph_are_told():
    result = read("digraph { rankdir=LR; a -> b }")

    assert [(repair.column, repair.before) for repair in result.repairs] == [("rankdir", "LR")]
    assert ids(result) == ["a", "b"]


def test_several_graphs_are_several_pairs_of_tables():
    result = read("digraph one { a -> b } graph two { c -- d }")

    assert [named.name for named in result.tables] == [
        "one edges",
        "one nodes",
        "two edges",
        "two nodes",
    ]
    assert len(result.interpretations) == 2


def test_a_graph_of_packages_keeps_zeros_of_texts():
    assert nodes(read('digraph { a [code="007"]; b [code="12"] }')) == [
        {"id": "a", "code": "007"}, {"id": "b", "code": "12"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("digraph { a -> b", "a '}' is missing"),
        ("digraph {\n a -> ; }", "line 2: a name is expected, not ';'"),
        ("digraph {\n a [label=<x }", "line 2: an HTML string is not closed"),
        ("digraph {\n a @ b }", "line 2: '@ b }' is not expected"),
        ("digraph " + "{" * 100_000, "nests more than 100 subgraphs"),
        (
            "graph { {" + " ".join(f"a{n}" for n in range(3000)) + "} -- {"
            + " ".join(f"b{n}" for n in range(3000)) + "} }",
            "joins 3,000 nodes with 3,000",
        ),
    ],
)  # fmt: skip
def test_broken_and_hostile_files_are_refused_with_the_line(content, words):
    with pytest.raises(UnreadableFileError, match=words):
        read(content)


def test_comments_without_end_take_no_time_to_recognize():
    assert recognized(b" \n" * 30_000) is None
    assert recognized(b"/* x */" * 9000) is None
