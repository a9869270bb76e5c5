"""GML of networkx, igraph, Gephi, Cytoscape and yEd."""

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

NEWMAN = """Creator "Mark Newman on Fri Jul 21 12:44:53 2006"
graph
[
  node
  [
    id 0
    label "Myriel"
  ]
  node
  [
    id 1
    label "Napoleon"
  ]
  edge
  [
    source 1
    target 0
    value 1
  ]
]
"""


def test_the_form_of_newman_has_labels_and_values():
    result = read(NEWMAN)

    assert nodes(result) == [{"id": "0", "label": "Myriel"}, {"id": "1", "label": "Napoleon"}]
    assert edges(result) == [{"source": "1", "target": "0", "directed": False, "value": 1}]
    assert bindings(result) == ({"node_title": "label"}, {"edge_weight": "value"})
    assert [(repair.code, repair.column) for repair in result.repairs] == [
        ("graph-attribute", "Creator")
    ]


def test_the_form_of_gephi_and_cytoscape_has_graphics():
    result = read(
        'graph [ directed 1 node [ id 5 label "A" graphics [ x -10.5 y 20.0 w 10.0 h 10.0 d 10.0 fill "#ff0000" '
        'type "ellipse" ] ] node [ id 6 label "B" graphics [ x 1 y 2 w 4 h 4 fill "#00ff00" ] ] '
        'edge [ id 9 source 5 target 6 value 2.5 label "x" graphics [ width 3 fill "#0000ff" Line [ point [ x 1 y 2 ] '
        "point [ x 3 y 4 ] ] ] ] ]"
    )

    assert nodes(result)[0] == {
        "id": "5", "label": "A", "x": -10.5, "y": 20.0, "width": 10.0, "height": 10.0, "color": "#ff0000",
        "shape": "ellipse", "graphics.d": 10.0,
    }  # fmt: skip
    assert edges(result) == [
        {"source": "5", "target": "6", "id": "9", "label": "x", "directed": True, "color": "#0000ff",
         "thickness": 3.0, "value": 2.5, "graphics.Line.point.x": "[1, 3]", "graphics.Line.point.y": "[2, 4]"}
    ]  # fmt: skip
    assert bindings(result) == (
        {"node_title": "label", "node_color": "color", "node_x": "x", "node_y": "y"},
        {
            "edge_title": "label",
            "edge_weight": "value",
            "edge_color": "color",
            "edge_size": "thickness",
        },
    )


def test_entities_line_breaks_and_other_writing_in_strings_are_kept():
    result = read('graph [ node [ id 1 label "a &quot;b&quot; &amp; &#322;&#243;d&#378;\nnew" ] ]')

    assert nodes(result) == [{"id": "1", "label": 'a "b" & łódź\nnew'}]


def test_texts_in_quotes_stay_texts_and_numbers_are_numbers():
    result = read('graph [ node [ id 1 zip "00123" n 1 m 1.5 ] node [ id 2 zip "4" n -2 m 2 ] ]')

    assert nodes(result) == [
        {"id": "1", "zip": "00123", "n": 1, "m": 1.5}, {"id": "2", "zip": "4", "n": -2, "m": 2.0},
    ]  # fmt: skip


def test_a_column_of_numbers_and_texts_is_text():
    result = read('graph [ node [ id 1 n 1 ] node [ id 2 n "one" ] ]')

    assert nodes(result) == [{"id": "1", "n": "1"}, {"id": "2", "n": "one"}]


def test_repeated_keys_are_lists_and_nested_ones_have_dots():
    result = read(
        'graph [ node [ id 1 tag "a" tag "b" at [ lat 1.5 lon 2 ] one "_networkx_list_start" one "x" ] ]'
    )

    assert nodes(result) == [
        {"id": "1", "tag": '["a", "b"]', "at.lat": 1.5, "at.lon": 2, "one": '["x"]'}
    ]


def test_edges_may_come_before_nodes_and_have_words_as_ends():
    result = read(
        '# by hand\ngraph [ edge [ source "a" target b weight 0.25 ] node [ id a ] node [ id b ] ]'
    )

    assert pairs(result) == [("a", "b")]
    assert ids(result) == ["a", "b"]
    assert bindings(result)[1] == {"edge_weight": "weight"}
    assert repairs(result) == []


def test_several_graphs_are_several_pairs_of_tables():
    result = read(
        "graph [ node [ id 1 ] edge [ source 1 target 1 ] ] graph [ edge [ source 2 target 3 ] ]"
    )

    assert [named.table.num_rows for named in result.tables] == [1, 1, 1, 2]
    assert [each.edge_tables for each in result.interpretations] == [(0,), (2,)]
    assert result.interpretations[0].score > result.interpretations[1].score >= 2


def test_edges_without_a_target_and_nodes_without_an_id_are_counted_with_their_lines():
    result = read(
        'graph [\nnode [ id 1 ]\nnode [ label "x" ]\nedge [ source 1 ]\nedge [ source 1 target 2 ] ]'
    )

    assert repairs(result) == [
        ("node-without-id", 1, (3,)), ("edge-without-target", 1, (4,)), ("node-added", 1, (5,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('graph [\nnode [ id 1 label "open ] ]', "line 2: a quote is not closed"),
        ("graph [\nnode [ id 1 ]", "line 2: a ']' is missing"),
        ("graph [ node [ id 1 ] ] ]", "a ']' too many"),
        ("graph [ node [ id ] ]", "the key 'id' has no value"),
        ("graph [" + "a [" * 100_000, "nests more than 100 lists"),
    ],
)
def test_broken_and_hostile_files_are_refused_with_the_line(content, words):
    with pytest.raises(UnreadableFileError, match=words):
        read(content)


def test_what_only_begins_alike_is_no_gml():
    assert recognized(b"graph,value\na,1\n") is None
    assert recognized(b"Creator,graph\nx,y\n") is None
