import pyarrow as pa
import pytest

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import MissingBindingError, UnknownColumnError
from graphkeep.graph.normalize import bind

BINDINGS = Bindings(source="s", destination="d", node="n")


def test_ids_match_across_types_and_what_was_mended_is_told():
    edges = pa.table({"s": ["1", "2", None, "x"], "d": ["2", "3", "1", "1"]})
    nodes = pa.table({"n": [1, 2, 2, None], "t": ["a", "b", "c", "d"]})

    bound = bind(edges, nodes, BINDINGS)

    assert bound.graph.nodes.select(["n", "t", "degree"]).to_pylist() == [
        {"n": "1", "t": "a", "degree": 2},
        {"n": "2", "t": "b", "degree": 2},
        {"n": "x", "t": None, "degree": 1},
        {"n": "3", "t": None, "degree": 1},
    ]
    assert [(r.code, r.count) for r in bound.repairs] == [
        ("null-id-dropped", 1),
        ("null-id-dropped", 1),
        ("duplicate-node", 1),
        ("node-added", 2),
    ]


def test_a_whole_float_is_the_integer_it_looks_like():
    edges = pa.table({"s": [1.0, 2.5], "d": ["1", "2.5"]})

    graph = bind(edges, None, Bindings(source="s", destination="d")).graph

    assert graph.nodes["id"].to_pylist() == [1.0, 2.5]
    assert graph.source_index.tolist() == graph.destination_index.tolist() == [0, 1]


def test_a_missing_column_is_named_with_those_that_are_there():
    with pytest.raises(UnknownColumnError) as raised:
        bind(pa.table({"src": ["a"], "dst": ["b"]}), None, BINDINGS)

    assert raised.value.message == "There is no column 's'. The table has: src, dst."


def test_a_binding_must_say_source_and_destination():
    with pytest.raises(MissingBindingError):
        Bindings.from_wire({}, {"bindings": {"source": "s"}})
