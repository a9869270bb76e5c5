"""Nodes where the data say."""

from dataclasses import replace

import pytest

from graphkeep.graph.errors import UserInputError
from tests.compute.layouts.drawing import graph_of, laid_out


def test_nodes_stand_at_their_coordinates_and_gaps_are_told() -> None:
    placed = laid_out("given", graph_of(3, [], x=[1.0, 3.0, None], y=[10.0, -2.0, 5.0]))

    assert placed.positions.tolist() == [[1, 10], [3, -2], [2, 4]]
    assert placed.notes == ("1 nodes have no position; they stand in the middle.",)


def test_a_bound_column_goes_before_the_name_and_a_said_one_before_both() -> None:
    graph = graph_of(2, [], x=[0, 0], y=[0, 0], east=[5, 6], size=[7, 8])
    bound = replace(graph, bindings=replace(graph.bindings, node_x="east"))

    assert laid_out("given", bound).positions.tolist() == [[5, 0], [6, 0]]
    assert laid_out("given", bound, x="size").positions.tolist() == [[7, 0], [8, 0]]


def test_a_graph_without_positions_is_told_so() -> None:
    with pytest.raises(
        UserInputError, match="came without positions: choose the column that holds x"
    ):
        laid_out("given", graph_of(2, []))
