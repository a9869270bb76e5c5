"""Edges and nodes that a reading means where they are no rows of the table: nodes, matrices, lists, adjacency, mixed tables."""

import pyarrow as pa
import pytest

from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.graph.interpretations.derivation.derive import derive, needs_derived_tables
from graphkeep.graph.interpretations.interpretation import TableInterpretation


def reading(kind, **fields):
    given = {"label": kind, "reason": kind, "edge_tables": (0,), "score": 1.0, **fields}
    return TableInterpretation(kind=kind, **given)


def pairs(derived):
    return list(
        zip(
            *(derived.edges[name].to_pylist() for name in (derived.source, derived.destination)),
            strict=True,
        )
    )


def test_rows_are_nodes_and_their_shared_values_nodes_beside_them():
    table = pa.table(
        {"id": [1, 2, None], "name": ["Ann", "Bob", "Cy"], "city": ["Rome", None, "Rome"]}
    )
    each = reading(
        "nodes",
        node="id",
        node_tables=(0,),
        columns=("city",),
        node_bindings={"node_title": "name"},
    )

    derived = derive(each, [table])

    assert pairs(derived) == [("1", "city::Rome")]
    assert derived.edges["type"].to_pylist() == ["city"]
    assert derived.nodes.to_pylist() == [
        {"id": "1", "name": "Ann", "city": "Rome"}, {"id": "2", "name": "Bob", "city": None},
        {"id": None, "name": "Cy", "city": "Rome"}, {"id": "city::Rome", "name": "Rome", "city": None},
    ]  # fmt: skip
    assert derived.edge_bindings == {"edge_title": "type", "edge_label": "type"}


def test_rows_without_an_id_are_numbered_in_a_column_whose_name_is_free():
    derived = derive(reading("nodes", node="", node_tables=(0,)), [pa.table({"row": ["a", "b"]})])

    assert derived.node == "row_"
    assert derived.nodes.to_pylist() == [{"row": "a", "row_": "1"}, {"row": "b", "row_": "2"}]
    assert pairs(derived) == []


MATRIX = pa.table({"name": ["A", "B", None], "A": [0, 2, 9], "B": [2, 1, 9], "C": [None, 0, 9]})


def test_cells_of_a_matrix_are_edges_and_a_row_without_a_name_makes_none():
    derived = derive(reading("matrix", source="name"), [MATRIX])

    assert list(zip(pairs(derived), derived.edges["weight"].to_pylist(), strict=True)) == [
        (("A", "B"), 2), (("B", "A"), 2), (("B", "B"), 1),
    ]  # fmt: skip
    assert derived.nodes.to_pylist() == [
        {"id": "A", "type": "name"}, {"id": "B", "type": "name"}, {"id": "C", "type": "column"},
    ]  # fmt: skip


def test_a_threshold_leaves_strong_cells_without_the_diagonal_and_a_symmetric_matrix_each_pair_once():
    table = pa.table({"name": ["A", "B"], "A": [1.0, -0.8], "B": [-0.8, 1.0]})
    each = reading("matrix", source="name", threshold=0.5, is_undirected=True)

    derived = derive(each, [table])

    assert pairs(derived) == [("A", "B")]
    assert derived.edges["weight"].to_pylist() == [-0.8]
    assert derived.edge_bindings == {}


def test_lists_are_split_and_what_rows_say_goes_with_nodes_or_else_with_edges():
    keyed = pa.table({"id": ["a", "b"], "friends": ["b; c", None], "age": [5, 6]})
    repeated = pa.table({"id": ["a", "a"], "friends": ["b;c", "d"], "year": [1, 2]})
    each = reading("lists", source="id", destination="friends", separator=";")

    by_node, by_edge = derive(each, [keyed]), derive(each, [repeated])

    assert pairs(by_node) == [("a", "b"), ("a", "c")]
    assert by_node.nodes["age"].to_pylist() == [5, 6]
    assert by_edge.edges.to_pylist() == [
        {"source": "a", "destination": "b", "year": 1}, {"source": "a", "destination": "c", "year": 1},
        {"source": "a", "destination": "d", "year": 2},
    ]  # fmt: skip
    assert by_edge.nodes.to_pylist() == [{"id": "a"}]


def test_neighbors_end_where_cells_are_blank_and_the_header_may_be_a_row():
    table = pa.table({"P": ["O", "L", None], "M": ["D", None, "x"], "V": [" ", None, None]})

    derived = derive(reading("adjacency", is_header_row=True), [table])

    assert pairs(derived) == [("P", "M"), ("P", "V"), ("O", "D")]
    assert derived.nodes["id"].to_pylist() == ["P", "M", "V", "O", "D", "L"]


def test_one_table_of_nodes_and_edges_is_parted_with_the_columns_that_each_fills():
    table = pa.table(
        {
            "_id": [1, 2, None], "name": ["Ann", "Bob", None], "_start": [None, None, 1],
            "_end": [None, None, 2], "_type": [None, None, "KNOWS"],
        }
    )  # fmt: skip
    each = reading(
        "edges+nodes", source="_start", destination="_end", node="_id", node_tables=(0,),
        edge_bindings={"edge_title": "_type", "edge_label": "name"}, node_bindings={"node_title": "name"},
    )  # fmt: skip

    derived = derive(each, [table])

    assert needs_derived_tables(each)
    assert derived.edges.to_pylist() == [{"_start": 1, "_end": 2, "_type": "KNOWS"}]
    assert derived.nodes.to_pylist() == [{"_id": 1, "name": "Ann"}, {"_id": 2, "name": "Bob"}]
    assert derived.edge_bindings == {"edge_title": "_type"}


@pytest.mark.parametrize(
    ("each", "error", "message"),
    [
        (reading("matrix", source="x"), UnknownColumnError, "There is no column 'x'"),
        (reading("lists", source="name"), UserInputError, "Choose the column whose cells hold several values."),
        (reading("matrix"), UserInputError, "as many rows as columns"),
        (reading("edges", source="A", destination="B"), UserInputError, "uses the tables as they are"),
        (reading("adjacency", edge_tables=(1,)), UserInputError, "There are 1 tables, not 2."),
        (reading("adjacency", edge_tables=()), UserInputError, "The reading names no table."),
    ],
    ids=["column", "list", "square", "kind", "table", "no table"],
)  # fmt: skip
def test_readings_that_do_not_fit_are_refused_in_words(each, error, message):
    table = MATRIX.drop_columns(["name"]).slice(0, 2) if message.startswith("as many") else MATRIX

    with pytest.raises(error, match=message):
        derive(each, [table])
