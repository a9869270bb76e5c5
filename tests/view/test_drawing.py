"""A picture to keep: everything lies within it, in order, and what was left out is counted."""

import io

import numpy as np
import pytest
from PIL import Image

from graphkeep.view.drawing import compose_drawing, draw_png, draw_svg

BLUE, RED = (10, 20, 200, 255), (200, 20, 10, 255)


def arrays(ends: list[tuple[int, int]], sizes: list[float]) -> dict[str, np.ndarray]:
    return {
        "edge_ends": np.array(ends, np.uint32).reshape(-1, 2),
        "node_color": np.array([BLUE, RED] * 10_000, np.uint8)[: len(sizes)],
        "node_size": np.array(sizes, np.float32),
    }


SQUARE = np.array([[0, 0], [100, 0], [100, 60], [0, 60]], np.float32)


def test_everything_lies_within_the_margins_small_nodes_and_short_edges_last() -> None:
    made = compose_drawing(
        SQUARE,
        arrays([(0, 1), (1, 2), (0, 2), (3, 3)], [9, 5, 20, 7]),
        size=(1000, 500),
        is_dark=True,
        most_edges=10,
    )

    # 100 x 60 in a room of 900 x 450: 7.5 px each, in the middle, y up in and down out.
    wanted = np.array([[875, 475], [125, 25], [125, 475], [875, 25]])
    np.testing.assert_allclose(made.points, wanted)
    assert np.argsort(made.radii).tolist() == [0, 1, 2, 3]
    assert made.colors.tolist() == [[200, 20, 10], [200, 20, 10], [10, 20, 200], [10, 20, 200]]
    lengths = np.hypot(*(made.lines[:, 2:] - made.lines[:, :2]).T)
    np.testing.assert_allclose(lengths, [np.hypot(750, 450), 750, 450])
    assert made.line_colors.tolist() == [[10, 20, 200], [105, 20, 105], [105, 20, 105]]
    assert np.argsort(made.line_opacities).tolist() == [0, 1, 2]
    assert made.hidden_edges == 0


def test_edges_beyond_the_limit_are_left_out_and_counted() -> None:
    ends = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]
    made = compose_drawing(
        SQUARE, arrays(ends, [5] * 4), size=(200, 200), is_dark=False, most_edges=2
    )

    assert len(made.lines) == 2
    assert made.hidden_edges == 3
    assert made.background == (251, 252, 254)


def test_nodes_never_cover_the_whole_picture() -> None:
    rng = np.random.default_rng(0)
    many = rng.random((20_000, 2)).astype(np.float32)
    made = compose_drawing(
        many, arrays([(0, 1)], [40.0] * 20_000), size=(800, 800), is_dark=True, most_edges=9
    )

    assert np.pi * (made.radii**2).sum() / 800**2 == pytest.approx(0.22)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_graphs_are_drawn_in_the_middle(count) -> None:
    positions = np.array([[0, 0], [1, 0]], np.float32)[:count]
    made = compose_drawing(
        positions, arrays([(0, 1)][: count - 1], [5.0] * count), size=(160, 160), is_dark=True, most_edges=9
    )  # fmt: skip

    assert made.points.mean(axis=0).tolist() == [80, 80] if count else made.points.shape == (0, 2)
    assert Image.open(io.BytesIO(draw_png(made))).size == (160, 160)
    assert draw_svg(made).count("<circle") == count
    if count == 2:
        assert made.points.tolist() == [[70, 80], [90, 80]]
