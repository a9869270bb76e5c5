"""Rows as events, by PyGraphistry's names."""

import pyarrow as pa
import pytest

from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.hypergraph import hypergraph

TABLE = pa.table({"ip": ["1.1.1.1", "1.1.1.1", None], "user": ["u1", "u2", ""], "n": [1, 2, 3]})


def test_each_value_is_a_node_joined_to_its_events() -> None:
    edges, nodes, bindings = hypergraph(TABLE, ["ip", "user"])

    assert (bindings.source, bindings.destination, bindings.node) == (
        "attribID",
        "EventID",
        "nodeID",
    )
    assert edges["attribID"].to_pylist() == ["ip::1.1.1.1", "ip::1.1.1.1", "user::u1", "user::u2"]
    assert edges["EventID"].to_pylist() == ["EventID::0", "EventID::1", "EventID::0", "EventID::1"]
    assert edges["edgeType"].to_pylist() == ["ip", "ip", "user", "user"]
    assert nodes.slice(0, 3).to_pylist() == [
        {"nodeID": "ip::1.1.1.1", "nodeTitle": "1.1.1.1", "type": "ip", "category": "ip"},
        {"nodeID": "user::u1", "nodeTitle": "u1", "type": "user", "category": "user"},
        {"nodeID": "user::u2", "nodeTitle": "u2", "type": "user", "category": "user"},
    ]
    assert set(nodes["type"].to_pylist()) == {"ip", "user", "EventID"}


def test_direct_joins_the_entities_of_a_row() -> None:
    edges, nodes, _ = hypergraph(TABLE, ["ip", "user"], direct=True)

    assert list(
        zip(edges["source"].to_pylist(), edges["destination"].to_pylist(), strict=True)
    ) == [
        ("ip::1.1.1.1", "user::u1"),
        ("ip::1.1.1.1", "user::u2"),
    ]
    assert nodes.num_rows == 3


def test_a_column_called_eventid_stays_apart_from_the_events() -> None:
    table = pa.table({"EventID": [1, 0], "user": ["u1", "u1"]})

    edges, nodes, bindings = hypergraph(table, ["EventID", "user"])

    assert (bindings.source, bindings.destination) == ("attribID", "EventID_2")
    assert edges.select(["EventID", "attribID", "EventID_2"]).to_pylist() == [
        {"EventID": 1, "attribID": "EventID::1", "EventID_2": "EventID_2::0"},
        {"EventID": 0, "attribID": "EventID::0", "EventID_2": "EventID_2::1"},
        {"EventID": 1, "attribID": "user::u1", "EventID_2": "EventID_2::0"},
        {"EventID": 0, "attribID": "user::u1", "EventID_2": "EventID_2::1"},
    ]
    assert nodes.num_rows == 5


def test_missing_values_can_be_kept() -> None:
    edges, _, _ = hypergraph(TABLE, ["ip"], drop_na=False)

    assert edges["attribID"].to_pylist()[2] == "ip::null"


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(UnknownColumnError, match="no column 'host'"):
        hypergraph(TABLE, ["host"])
    with pytest.raises(UserInputError, match="at least one column"):
        hypergraph(TABLE, [])


def test_blank_and_nan_values_are_no_entities():
    table = pa.table(
        {"a": ["x", "  ", "", None], "n": pa.array([float("nan"), 1.5, None, 2.0**60])}
    )
    _, nodes, _ = hypergraph(table, ["a", "n"])
    entities = [name for name in nodes["nodeID"].to_pylist() if not name.startswith("EventID")]

    assert entities == ["a::x", "n::1.5", "n::1152921504606846976"]
