"""Groups in boxes: every node in its own, boxes side by side, areas like sizes."""

import numpy as np
import pytest

from graphkeep.compute.layout import LayoutResult
from graphkeep.compute.layouts import boxes as layout
from graphkeep.compute.packing.treemap import treemap
from tests.compute.layouts.drawing import graph_of, laid_out

TEAMS = ["a"] * 40 + ["b"] * 20 + ["c"] * 20 + ["d"] * 2 + ["e", "f", None, None]


def cliques() -> np.ndarray:
    """Three dense groups of 30, 20 and 10, joined in a chain, and two that nobody knows."""
    rng = np.random.default_rng(0)
    parts = [
        rng.integers(0, size, (6 * size, 2)) + start
        for start, size in ((0, 30), (30, 20), (50, 10))
    ]
    return np.concatenate([*parts, [(0, 30), (31, 50)]])


def holder(placed: LayoutResult) -> list[str]:
    """The label of the box that each node lies in."""
    found = []
    for x, y in placed.positions.tolist():
        around = [box.label for box in placed.boxes if box.x0 < x < box.x1 and box.y0 < y < box.y1]
        assert len(around) == 1
        found += around
    return found


def test_every_node_lies_in_the_box_of_its_value() -> None:
    placed = laid_out(
        "boxes", graph_of(86, [(i, i + 1) for i in range(39)], team=TEAMS), column="team"
    )

    assert [box.label for box in placed.boxes] == ["a", "b", "c", "d", "no value", "2 small groups"]
    wanted = [
        {"e": "2 small groups", "f": "2 small groups", None: "no value"}.get(team, team)
        for team in TEAMS
    ]
    assert holder(placed) == wanted


def test_communities_have_boxes_where_no_column_is_named() -> None:
    placed = laid_out("boxes", graph_of(62, cliques()))

    assert [box.label for box in placed.boxes] == [
        "Community 1",
        "Community 2",
        "Community 3",
        "2 small groups",
    ]
    assert [holder(placed).count(box.label) for box in placed.boxes] == [30, 20, 10, 2]


def test_communities_that_are_known_already_keep_their_names() -> None:
    placed = laid_out("boxes", graph_of(5, [], community=[4, 2, 4, 2, 2]))

    assert [box.label for box in placed.boxes] == ["Community 3", "Community 5"]
    assert holder(placed) == [f"Community {k + 1}" for k in (4, 2, 4, 2, 2)]


def test_boxes_do_not_overlap_and_are_as_large_as_their_groups() -> None:
    placed = laid_out("boxes", graph_of(86, [], team=TEAMS), column="team")

    for k, one in enumerate(placed.boxes):
        for other in placed.boxes[:k]:
            assert (
                one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0
            )
    area = {box.label: (box.x1 - box.x0) * (box.y1 - box.y0) for box in placed.boxes}
    assert area["a"] / area["b"] == pytest.approx(2, rel=0.15)
    assert area["b"] == pytest.approx(area["c"], rel=0.1)


def test_too_many_groups_share_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MAX_BOXES", 3)
    placed = laid_out(
        "boxes", graph_of(60, [], kind=[f"k{i % 12:02}" for i in range(60)]), column="kind"
    )

    assert [box.label for box in placed.boxes] == ["k00", "k01", "k02", "9 small groups"]


def test_a_treemap_fills_its_frame_with_squarish_areas() -> None:
    # The example of the paper: six, six, four, three, two, two and one in six by four.
    frames = treemap([6, 6, 4, 3, 2, 2, 1], 6, 4)

    assert [round((x1 - x0) * (y1 - y0), 9) for x0, y0, x1, y1 in frames] == [6, 6, 4, 3, 2, 2, 1]
    assert frames[:2] == [(0, -2, 3, 0), (0, -4, 3, -2)]
    assert np.allclose(frames[2], (3, -7 / 3, 3 + 12 / 7, 0))
    assert max(max((x1 - x0) / (y1 - y0), (y1 - y0) / (x1 - x0)) for x0, y0, x1, y1 in frames) < 3


def test_an_empty_graph_has_no_boxes() -> None:
    placed = laid_out("boxes", graph_of(0, []))

    assert (placed.positions.shape, placed.boxes) == ((0, 2), ())
