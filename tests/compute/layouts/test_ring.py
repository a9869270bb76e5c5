"""Rings by a column: the further out, the larger; with axes that say what a ring means."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.graph.encodings import Axis
from graphkeep.graph.errors import UserInputError
from tests.compute.layouts.drawing import graph_of, laid_out, nearest

EDGES = [(i, (i * 5 + 2) % 40) for i in range(40)]


def radii(positions: np.ndarray) -> np.ndarray:
    return np.hypot(*positions.astype(float).T)


def test_the_radius_grows_with_the_value_along_the_axes() -> None:
    values = np.random.default_rng(0).random(40) * 9 + 1
    placed = laid_out("ring", graph_of(40, EDGES, score=values), column="score")

    assert [axis.label for axis in placed.axes] == ["0", "2", "4", "6", "8", "10"]
    assert {axis.kind for axis in placed.axes} == {"r"}
    assert [axis.style for axis in placed.axes] == ["internal"] * 5 + ["external"]
    at = np.array([axis.value for axis in placed.axes])
    assert np.allclose(
        radii(placed.positions), np.interp(values, [0, 2, 4, 6, 8, 10], at), rtol=1e-5
    )
    assert placed.notes == ()


def test_times_have_rings_of_the_calendar() -> None:
    begin = datetime(2026, 3, 1)  # noqa: DTZ001
    times = [begin + timedelta(hours=6 * i) for i in range(12)]
    placed = laid_out("ring", graph_of(12, EDGES[:0], seen=times), column="seen")

    assert [axis.label for axis in placed.axes] == [
        "2026-03-01 00:00", "12:00", "2026-03-02 00:00", "12:00", "2026-03-03 00:00", "12:00", "2026-03-04 00:00",
    ]  # fmt: skip
    rings = [axis.value for axis in placed.axes]
    assert np.allclose(
        radii(placed.positions), np.interp(np.arange(12), [0, 2, 4, 6, 8, 10, 12], rings), rtol=1e-5
    )


def test_reversed_the_largest_are_inside() -> None:
    values = list(range(11))
    placed = laid_out("ring", graph_of(11, [], score=values), column="score", reverse=True)

    assert (np.diff(radii(placed.positions)) < 0).all()
    assert [axis.label for axis in placed.axes] == ["10", "8", "6", "4", "2", "0"]


def test_each_category_has_its_ring_and_what_has_none_the_outermost() -> None:
    teams = ["red", "blue", None, "blue", "green", "red", "blue"]
    placed = laid_out("ring", graph_of(7, EDGES[:0], team=teams), column="team")

    expected = tuple(
        Axis(
            kind="r", value=2.5 * (k + 1.5), label=label, style="external" if k == 3 else "internal"
        )
        for k, label in enumerate(("blue", "green", "red", "no value"))
    )
    assert placed.axes == expected
    ring = {axis.label: axis.value for axis in expected}
    assert np.allclose(radii(placed.positions), [ring[team or "no value"] for team in teams])
    assert placed.notes == ("Nodes without a value, on the outermost ring: 1.",)


def test_rare_categories_share_a_ring() -> None:
    names = [f"k{i:02}" for i in range(30)]
    placed = laid_out(
        "ring",
        graph_of(60, [], kind=names + names[:20] + ["k00"] * 10),
        column="kind",
        by="category",
    )

    assert len(placed.axes) == 21
    assert placed.axes[-1].label == "10 others"
    assert len(np.unique(np.round(radii(placed.positions), 3))) == 21


@pytest.mark.parametrize("by", ["number", "category"])
def test_nodes_of_one_ring_do_not_stand_on_one_another(by: str) -> None:
    values = np.random.default_rng(1).integers(0, 4, 300)
    edges = np.random.default_rng(2).integers(0, 300, (600, 2))
    at = laid_out("ring", graph_of(300, edges, score=values), column="score", by=by).positions

    assert nearest(at) > 0.9


def test_linked_nodes_lie_in_the_same_direction() -> None:
    names = np.random.default_rng(3).permutation(120)
    chains = names[np.array([(3 * i + k, 3 * i + k + 1) for i in range(40) for k in (0, 1)])]
    level = np.empty(120, int)
    level[names] = np.arange(120) % 3
    at = laid_out(
        "ring", graph_of(120, chains, level=level), column="level", by="category"
    ).positions

    angle = np.angle(at.astype(float) @ [1, 1j])
    turn = np.abs(np.angle(np.exp(1j * (angle[chains[:, 0]] - angle[chains[:, 1]]))))
    assert turn.max() < 0.3


def test_a_column_is_needed_and_must_be_readable() -> None:
    graph = graph_of(3, [], team=["a", "b", "c"], empty=pa.array([None] * 3, pa.float64()))
    with pytest.raises(UserInputError, match="Choose the column for this layout"):
        laid_out("ring", graph)
    with pytest.raises(
        UserInputError, match="contains no numbers or times; choose rings by category"
    ):
        laid_out("ring", graph, column="team", by="number")
    with pytest.raises(UserInputError, match="has no values to make rings of"):
        laid_out("ring", graph, column="empty", by="number")
