"""What both homes of graphs promise."""

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.normalize import bind
from graphkeep.store.graph_store import get_graph, put_graph

ID = "0" * 31 + "a"


def test_a_graph_comes_back_as_it_went_in(store):
    edges = pa.table({"s": ["a", "b"], "d": ["b", "c"], "w": [1.5, 2.5]})
    graph = bind(edges, None, Bindings(source="s", destination="d")).graph

    put_graph(store, ID, graph)
    back = get_graph(store, ID)

    assert back.nodes.equals(graph.nodes)
    assert back.edges.equals(graph.edges)
    assert back.bindings == graph.bindings
    assert back.source_index.tolist() == [0, 1]
    assert back.destination_index.tolist() == [1, 2]


def test_arrays_come_back_mapped(store):
    place = np.arange(6, dtype=np.float32).reshape(3, 2)

    store.put_arrays(ID, "positions", place=place, none=np.empty((0, 2), np.uint32))

    back = store.arrays(ID, "positions")
    assert isinstance(back["place"], np.memmap)
    assert back["place"].tolist() == place.tolist()
    assert back["none"].shape == (0, 2)


@pytest.mark.parametrize("wrong", ["../" + ID[3:], "A" * 32, "x"])
def test_no_string_of_a_stranger_becomes_a_path(store, tmp_path, wrong):
    for name in ("a", "../a"):
        with pytest.raises(ValueError, match="32 hex"):
            store.put_bytes(wrong, name, b"")
        with pytest.raises(ValueError, match="32 hex"):
            store.has(wrong, name)
    assert store.dataset_ids() == set()
    assert list(tmp_path.iterdir()) == []


def test_deleting_leaves_nothing(store, tmp_path):
    store.put_bytes(ID, "a", b"abc")
    assert store.size_bytes(ID) == 3
    assert store.dataset_ids() == {ID}
    assert store.has(ID, "a")

    store.delete(ID)

    assert list(tmp_path.rglob("*")) == []
    assert (store.has(ID, "a"), store.size_bytes(ID), store.dataset_ids()) == (False, 0, set())
    with pytest.raises(FileNotFoundError):
        store.bytes(ID, "a")


def test_a_second_writing_replaces_the_first_also_for_who_read_before(store):
    store.put_bytes(ID, "a.json", b"first")
    assert store.bytes(ID, "a.json") == b"first"
    store.put_arrays(ID, "x", one=np.arange(3))
    mapped = store.arrays(ID, "x")["one"]

    store.put_bytes(ID, "a.json", b"second")
    store.put_arrays(ID, "x", one=np.arange(4))

    assert store.bytes(ID, "a.json") == b"second"
    assert store.arrays(ID, "x")["one"].tolist() == [0, 1, 2, 3]
    assert mapped.tolist() == [0, 1, 2]
    assert store.size_bytes(ID) > len(b"second")


def test_what_fails_half_way_is_not_there(store, tmp_path, monkeypatch):
    class Torn:
        nbytes = 8

    with pytest.raises((TypeError, ValueError, AttributeError)):
        store._write(store.path(ID, "half"), lambda path: path.write_bytes(Torn()))

    assert not store.has(ID, "half")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
