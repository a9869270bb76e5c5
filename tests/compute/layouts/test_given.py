"""Nodes where the data say."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from graphkeep.graph.errors import UserInputError
from tests.compute.layouts.drawing import graph_of, laid_out


def test_nodes_stand_at_their_coordinates_and_gaps_are_told() -> None:
    placed = laid_out("given", graph_of(3, [], x=[1.0, 3.0, None], y=[10.0, -2.0, 5.0]))

    assert placed.positions.tolist() == [[1, 10], [3, -2], [2, 4]]
    assert placed.notes == ("Nodes without a position, in the middle: 1.",)


def test_a_bound_column_goes_before_the_name_and_a_said_one_before_both() -> None:
    graph = graph_of(2, [], x=[0, 0], y=[0, 0], east=[5, 6])
    bound = replace(graph, bindings=replace(graph.bindings, node_x="east"))

    assert laid_out("given", bound).positions.tolist() == [[5, 0], [6, 0]]
    assert laid_out("given", bound).axes is None


def test_two_columns_make_a_scatter_plot_with_round_lines() -> None:
    begin = datetime(2026, 3, 1)  # noqa: DTZ001
    graph = graph_of(
        3,
        [],
        seen=[begin, begin + timedelta(days=4), begin + timedelta(days=8)],
        size=[2.0, 8.0, 5.0],
    )
    placed = laid_out("given", graph, x="seen", y="size")

    lines = {(axis.kind, axis.label): axis.value for axis in placed.axes or ()}
    assert [label for kind, label in lines if kind == "y"] == ["2", "4", "6", "8"]
    assert placed.positions[:, 0].tolist() == pytest.approx(
        [0, lines["x", "2026-03-05"], lines["x", "2026-03-09"]]
    )
    assert placed.positions[:, 1].tolist() == pytest.approx(
        [lines["y", "2"], lines["y", "8"], (lines["y", "4"] + lines["y", "6"]) / 2]
    )


def test_a_graph_without_positions_is_told_so() -> None:
    with pytest.raises(UserInputError, match="has no positions: choose the column for x"):
        laid_out("given", graph_of(2, []))
