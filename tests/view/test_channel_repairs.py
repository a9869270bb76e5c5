"""What could not be drawn is counted and told; what could be is drawn."""

import numpy as np
import pyarrow as pa

from graphkeep.datasets.operations.prepare import given_positions
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.normalize import bind
from graphkeep.view.channel_repairs import channel_repairs
from graphkeep.view.columns import columns_for_viewer


def graph_of(edges=None, **nodes):
    roles = {name: name for name in nodes if name.startswith("node_")}
    edge_columns = {"s": ["a", "b", "c"], "d": ["b", "c", "d"], **(edges or {})}
    edge_roles = {name: name for name in edges or {}}
    bindings = Bindings(source="s", destination="d", node="id", **roles, **edge_roles)
    table = pa.table({"id": ["a", "b", "c", "d"], **nodes})
    return bind(pa.table(edge_columns), table, bindings).graph


def told(graph, encodings=None):
    return [
        (repair.code, repair.table, repair.column, repair.count, repair.message)
        for repair in channel_repairs(graph, encodings or Encodings())
    ]


def test_numbers_among_texts_set_the_size_and_the_others_are_told():
    graph = graph_of(node_size=["1", "20", "3", "x"])
    sizes = columns_for_viewer(graph, Encodings(), positions=None).arrays["node_size"]

    assert sizes[1] > sizes[2] > sizes[0] == sizes[3]
    assert told(graph) == [
        ("not-numbers", "node", "node_size", 1, "1 values of 'node_size' are no numbers ('x', row 4); they set no size.")
    ]  # fmt: skip


def test_one_column_in_two_channels_is_told_once():
    rule = {"graphType": "point", "attribute": "v", "variation": "continuous"}
    current = {
        "pointSizeEncoding": {**rule, "encodingType": "size"},
        "pointColorEncoding": {**rule, "encodingType": "color", "colors": ["blue", "red"]},
    }
    encodings, _ = Encodings.from_wire({"complex": {"current": current, "default": {}}}, {})
    graph = graph_of(v=["1", "20", "3", "x"])
    colors = columns_for_viewer(graph, encodings, positions=None).arrays["node_color"]

    assert [tuple(color) for color in colors[[0, 1]].tolist()] == [
        (0, 0, 255, 255),
        (255, 0, 0, 255),
    ]
    assert [entry[:4] for entry in told(graph, encodings)] == [("not-numbers", "node", "v", 1)]


def test_a_size_without_any_number_is_told():
    graph = graph_of(node_size=["a", "b", None, ""])

    assert told(graph) == [
        ("not-numbers", "node", "node_size", 3, "No value of 'node_size' is a number ('a'): it sets no size.")
    ]  # fmt: skip


def test_colors_among_texts_are_drawn_and_the_others_are_told():
    texts = ["#f25c05", "rgba(242,92,5,1.0)", "none", "hsl(22,96%,48%)"]
    graph = graph_of(node_color=texts)
    colors = columns_for_viewer(graph, Encodings(), positions=None).arrays["node_color"].tolist()

    assert colors[0] == colors[1] == [242, 92, 5, 255]
    assert [entry[:4] for entry in told(graph)] == [("not-colors", "node", "node_color", 1)]


def test_categories_bound_as_color_are_no_failed_colors():
    assert told(graph_of(node_color=["x", "y", "x", "z"])) == []


def test_edge_weights_that_are_texts_are_told():
    assert [entry[:4] for entry in told(graph_of({"edge_weight": ["1", "2.5", "heavy"]}))] == [
        ("not-numbers", "edge", "edge_weight", 1)
    ]


def test_positions_that_are_all_the_same_are_told_and_laid_out():
    positions, repairs = given_positions(graph_of(node_x=[0.0] * 4, node_y=[0.0] * 4))

    assert positions is None
    assert [repair.message for repair in repairs] == [
        "All positions are the same (0, 0); the graph is laid out."
    ]


def test_positions_beyond_float32_are_missing():
    positions, repairs = given_positions(
        graph_of(node_x=[1e300, 1.0, 2.0, 3.0], node_y=[0.0, 0.0, 1.0, 2.0])
    )

    assert np.isfinite(positions).all()
    assert positions[0].tolist() == [2.0, 1.0]
    assert [(repair.code, repair.count) for repair in repairs] == [("position-filled", 1)]


def test_positions_that_are_texts_of_numbers_are_used():
    positions, repairs = given_positions(
        graph_of(node_x=["1", "2", "3.5", "4"], node_y=["0", "1", "2", "3"])
    )

    assert positions.tolist() == [[1, 0], [2, 1], [3.5, 2], [4, 3]]
    assert repairs == ()


def test_positions_that_are_no_numbers_are_told():
    positions, repairs = given_positions(graph_of(node_x=["a"] * 4, node_y=[1.0] * 4))

    assert positions is None
    assert [repair.code for repair in repairs] == ["position-ignored"]
