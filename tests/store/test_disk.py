import numpy as np
import pyarrow as pa
import pytest

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.normalize import bind
from graphkeep.store.disk import DiskStore
from graphkeep.store.graph_store import get_graph, put_graph

ID = "0" * 31 + "a"


def test_a_graph_comes_back_as_it_went_in(tmp_path):
    store = DiskStore(tmp_path)
    edges = pa.table({"s": ["a", "b"], "d": ["b", "c"], "w": [1.5, 2.5]})
    graph = bind(edges, None, Bindings(source="s", destination="d")).graph

    put_graph(store, ID, graph)
    back = get_graph(store, ID)

    assert back.nodes.equals(graph.nodes)
    assert back.edges.equals(graph.edges)
    assert back.bindings == graph.bindings
    assert back.source_index.tolist() == [0, 1]
    assert back.destination_index.tolist() == [1, 2]


def test_arrays_come_back_mapped(tmp_path):
    store = DiskStore(tmp_path)
    place = np.arange(6, dtype=np.float32).reshape(3, 2)

    store.put_arrays(ID, "positions", place=place, none=np.empty((0, 2), np.uint32))

    back = store.arrays(ID, "positions")
    assert isinstance(back["place"], np.memmap)
    assert back["place"].tolist() == place.tolist()
    assert back["none"].shape == (0, 2)


@pytest.mark.parametrize("wrong", ["../" + ID[3:], "A" * 32, "x"])
def test_no_string_of_a_stranger_becomes_a_path(tmp_path, wrong):
    with pytest.raises(ValueError, match="32 hex"):
        DiskStore(tmp_path).put_bytes(wrong, "a", b"")
    assert list(tmp_path.iterdir()) == []


def test_deleting_leaves_nothing(tmp_path):
    store = DiskStore(tmp_path)
    store.put_bytes(ID, "a", b"abc")
    assert store.size_bytes(ID) == 3

    store.delete(ID)

    assert list(tmp_path.rglob("*")) == []
