"""The picture's columns, whole values."""

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.normalize import bind
from graphkeep.view.columns import columns_for_viewer
from graphkeep.view.pack import pack, unpack

EDGES = pa.table({"s": ["a", "b", "a", "c"], "d": ["b", "c", "b", "c"], "w": [1.0, 2.0, 3.0, 4.0]})
NODES = pa.table(
    {
        "n": ["a", "b", "c"],
        "hue": ["#ff0000", "lime", "nonsense"],
        "packed": [0xFF000000, 0, 0x00FF0080],
    }
)


def view(encodings: dict | None = None, edge_encodings: dict | None = None, **bindings: str):
    bound = bind(EDGES, NODES, Bindings(source="s", destination="d", node="n", **bindings))
    rules, repairs = Encodings.from_wire(encodings or {}, edge_encodings or {})
    assert repairs == ()
    return columns_for_viewer(bound.graph, rules, positions=None)


def complex_(name: str, **said: object) -> dict:
    return {"complex": {"default": {name: {"variation": "categorical", **said}}}}


def test_edges_stand_shuffled_with_their_way_back() -> None:
    arrays = view().arrays
    back = arrays["edge_ends"][np.argsort(arrays["edge_row"])]

    assert back.tolist() == [[0, 1], [1, 2], [0, 1], [2, 2]]
    assert sorted(arrays["edge_row"].tolist()) == [0, 1, 2, 3]


def test_parallel_edges_and_loops_bend_apart() -> None:
    arrays = view().arrays
    curve = arrays["edge_curve"][np.argsort(arrays["edge_row"])]

    assert curve[0] == -curve[2] != 0
    assert curve[1] == 0
    assert curve[3] > 0


def test_css_colours_and_packed_colours_are_read() -> None:
    named = view(node_color="hue").arrays["node_color"]
    packed = view(node_color="packed").arrays["node_color"]

    assert named[:2].tolist() == [[255, 0, 0, 255], [0, 255, 0, 255]]
    assert packed[0].tolist() == [255, 0, 0, 255]
    assert packed[2].tolist() == [0, 255, 0, 128]


def test_keys_of_a_mapping_match_numbers_and_booleans() -> None:
    rule = complex_(
        "edgeColorEncoding", attribute="w", mapping={"fixed": {"1": "red", "2.0": "blue"}}
    )
    arrays = view({}, rule).arrays
    colors = arrays["edge_color"][np.argsort(arrays["edge_row"])]

    assert colors[0].tolist() == [255, 0, 0, 255]
    assert colors[1].tolist() == [0, 0, 255, 255]


def test_an_encoding_of_a_column_that_is_not_there_changes_nothing() -> None:
    rule = complex_("pointColorEncoding", attribute="nowhere", colors=["red"])

    assert view(rule).arrays["node_color"].tolist() == view().arrays["node_color"].tolist()


def test_icons_of_other_sites_are_not_fetched() -> None:
    rule = complex_(
        "pointIconEncoding",
        attribute="n",
        mapping={"fixed": {"a": "https://evil.example/x.png", "b": "fa-user"}, "other": "gear"},
    )
    found = view(rule)

    assert found.header["icons"] == ["user", "cog"]
    assert found.arrays["node_icon"].tolist() == [0, 1, 2]


def test_titles_follow_importance() -> None:
    found = view()

    assert found.arrays["importance"].tolist()[0] in {1, 2}
    assert sorted(found.header["titles"]) == ["a", "b", "c"]


def test_a_block_goes_round() -> None:
    arrays = {
        "a": np.arange(6, dtype=np.float32).reshape(3, 2),
        "b": np.array([1, 2, 3], np.uint8),
        "c": np.empty((0, 3), np.uint32),
    }
    header, back = unpack(pack({"title": "é"}, arrays))

    assert header["title"] == "é"
    assert {name: (one.dtype.name, one.tolist()) for name, one in back.items()} == {
        name: (one.dtype.name, one.tolist()) for name, one in arrays.items()
    }
    with pytest.raises(TypeError, match="int64"):
        pack({}, {"x": np.array([1])})
    with pytest.raises(ValueError, match="GKV1"):
        unpack(b"nope")
