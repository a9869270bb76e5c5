"""Which reading of an unknown table comes first."""

import pyarrow as pa
import pytest

from graphkeep.graph.interpretations.suggest import suggest_interpretations


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        ("src", "dst"),
        ("source", "target"),
        ("src_ip", "dst_ip"),
        ("From", "To"),
        ("sourceHost", "destHost"),
    ],
)
def test_telling_names_are_taken_in_their_direction(source: str, destination: str) -> None:
    table = pa.table({"bytes": [1.5, 2.5], destination: ["b", "c"], source: ["a", "b"]})
    best = suggest_interpretations([table])[0]

    assert (best.kind, best.source, best.destination) == ("edges", source, destination)


def test_columns_of_the_same_things_are_joined_whatever_their_names() -> None:
    people = [f"p{i}" for i in range(20)]
    table = pa.table({"amount": [0.5] * 20, "payed by": people, "for": people[::-1]})
    best = suggest_interpretations([table])[0]

    assert {best.source, best.destination} == {"payed by", "for"}


def test_a_second_table_of_nodes_is_used() -> None:
    edges = pa.table({"source": ["a", "b"], "target": ["b", "c"]})
    nodes = pa.table({"id": ["a", "b", "c"], "kind": ["x", "y", "x"]})
    best = suggest_interpretations([edges, nodes])[0]

    assert (best.kind, best.node, best.edge_table, best.node_table) == ("edges+nodes", "id", 0, 1)


def test_a_log_offers_a_hypergraph() -> None:
    log = pa.table(
        {
            "user": ["a", "b", "a", "c"],
            "host": ["h1", "h2", "h2", "h1"],
            "score": [0.1, 0.2, 0.3, 0.4],
        }
    )
    hypers = [one for one in suggest_interpretations([log]) if one.kind == "hypergraph"]

    assert hypers[0].columns == ("user", "host")


def test_nothing_is_offered_where_nothing_fits() -> None:
    assert suggest_interpretations([pa.table({"x": [1.5, 2.5]})]) == ()
    assert suggest_interpretations([]) == ()
