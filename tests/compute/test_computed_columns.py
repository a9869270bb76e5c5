"""Computed columns join the tables of a query by node id, whatever the id's type was."""

import graphistry
import pandas as pd
import pyarrow as pa
import pytest

from graphkeep.compute.plottable import with_computed_columns

EDGES = pd.DataFrame({"s": [1, 2], "d": [2, 3]})


@pytest.fixture
def stored(tmp_path):
    """An open Arrow file, as a query gets it."""
    opened = []

    def store(**columns: object) -> int:
        path = tmp_path / "nodes"
        table = pa.table(columns)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        opened.append(path.open("rb"))
        return opened[-1].fileno()

    yield store
    for file in opened:
        file.close()


def computed(graph, handle):
    return with_computed_columns(graph, {"table": 0, "node": "n", "columns": ["k"]}, [handle])


def test_values_follow_the_ids_and_not_the_rows(stored):
    graph = graphistry.edges(EDGES, "s", "d").nodes(
        pd.DataFrame({"id": [3, 1, 9]}, index=[5, 5, 7]), "id"
    )
    nodes = computed(graph, stored(n=[1, 2, 3], k=[10, 20, 30], other=[0, 0, 0]))._nodes

    assert nodes["id"].tolist() == [3, 1, 9]
    assert nodes["k"].fillna(-1).tolist() == [30, 10, -1]
    assert nodes.columns.tolist() == ["id", "k"]


def test_ids_of_another_type_are_the_same_ids(stored):
    graph = graphistry.edges(EDGES, "s", "d").nodes(pd.DataFrame({"id": [2.0, None, 1.5]}), "id")
    nodes = computed(graph, stored(n=["1.5", "2"], k=[15, 20]))._nodes

    assert nodes["k"].fillna(-1).tolist() == [20, -1, 15]


def test_a_graph_without_nodes_gets_those_that_have_values(stored):
    graph = computed(graphistry.edges(EDGES, "s", "d"), stored(n=[1, 2, 3], k=[10, 20, 30]))

    assert graph._node == "n"
    assert graph._nodes.to_dict("list") == {"n": [1, 2, 3], "k": [10, 20, 30]}


def test_nothing_changes_where_nothing_was_computed():
    graph = graphistry.edges(EDGES, "s", "d")

    assert with_computed_columns(graph, None, []) is graph
