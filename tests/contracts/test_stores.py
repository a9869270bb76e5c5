"""What every file store promises: a folder, and a bucket with a cache on the local disk."""

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.normalize import bind
from graphkeep.store.disk import DiskFiles
from graphkeep.store.file_cache import FileCache
from graphkeep.store.graph_store import GraphStore, get_graph, put_graph
from graphkeep.store.s3 import S3Files
from tests.object_store import new_bucket, object_store

__all__ = ["new_bucket", "object_store"]
ID = "0" * 31 + "a"


@pytest.fixture(params=["disk", "s3"])
def store(request, tmp_path):
    if request.param == "disk":
        return GraphStore(DiskFiles(tmp_path))
    bucket = request.getfixturevalue("new_bucket")("some/prefix")
    return GraphStore(S3Files(bucket, FileCache(tmp_path, max_bytes=1 << 30)))


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
    position = np.arange(6, dtype=np.float32).reshape(3, 2)

    store.put_arrays(ID, "positions", position=position, none=np.empty((0, 2), np.uint32))

    back = store.arrays(ID, "positions")
    assert isinstance(back["position"], np.memmap)
    assert back["position"].tolist() == position.tolist()
    assert back["none"].shape == (0, 2)


@pytest.mark.parametrize("wrong", ["../" + ID[3:], "A" * 32, "x"])
def test_no_text_of_a_request_becomes_a_path(store, tmp_path, wrong):
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


def test_a_second_write_replaces_the_first_and_a_mapped_reader_keeps_its_version(store):
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


def test_a_write_that_fails_changes_nothing_and_leaves_nothing(store, tmp_path):
    store.put_bytes(ID, "present", b"before")

    def write(path):
        path.write_bytes(b"half")
        raise OSError("the disk broke")

    for name in ("present", "absent"):
        with pytest.raises(OSError, match="the disk broke"):
            store.files.write(ID, name, write)

    assert store.bytes(ID, "present") == b"before"
    assert not store.has(ID, "absent")
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"before"]


def test_each_kind_of_file_is_present_only_once_it_was_written(store):
    assert (store.has_table(ID, "x"), store.has_arrays(ID, "x")) == (False, False)

    store.put_table(ID, "x", pa.table({"a": [1]}))
    assert (store.has_table(ID, "x"), store.has_arrays(ID, "x")) == (True, False)

    store.put_arrays(ID, "x", a=np.arange(1))
    assert (store.has_table(ID, "x"), store.has_arrays(ID, "x")) == (True, True)


def test_what_is_missing_is_a_file_not_found(store):
    for read in (store.table, store.arrays, store.bytes):
        with pytest.raises(FileNotFoundError):
            read(ID, "missing")
