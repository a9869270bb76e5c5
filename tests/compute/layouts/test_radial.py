"""Rings about a node: one for each number of steps, and the edges of a tree do not cross."""

import numpy as np
import pytest

from graphkeep.graph.encodings import Axis
from tests.compute.layouts.drawing import crossings, graph_of, laid_out, nearest, random_tree


def steps(n: int, edges: np.ndarray, root: int) -> np.ndarray:
    far = np.full(n, -1)
    far[root] = 0
    for step in range(n):
        on = far == step
        for a, b in ((0, 1), (1, 0)):
            reached = edges[on[edges[:, a]], b]
            far[reached[far[reached] < 0]] = step + 1
    return far


def test_a_star_is_a_ring_about_its_middle() -> None:
    placed = laid_out("radial", graph_of(5, [(1, 2), (0, 2), (3, 2), (2, 4)]), ring_distance=1)

    expected = [
        (0.5**0.5, 0.5**0.5),
        (0.5**0.5, -(0.5**0.5)),
        (0, 0),
        (-(0.5**0.5), -(0.5**0.5)),
        (-(0.5**0.5), 0.5**0.5),
    ]
    around = sorted(np.round(np.angle(placed.positions @ [1, 1j]), 4)[[0, 1, 3, 4]].tolist())
    assert around == sorted(
        np.round([np.arctan2(y, x) for x, y in expected if (x, y) != (0, 0)], 4).tolist()
    )
    assert np.allclose(np.hypot(*placed.positions.T), [1, 1, 0, 1, 1], atol=1e-6)
    assert placed.axes == (Axis(kind="r", value=1.0, label="1 step", style="external"),)


@pytest.mark.parametrize("seed", range(6))
def test_the_ring_of_a_node_is_its_number_of_steps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    edges = np.concatenate((random_tree(120, seed), rng.integers(0, 120, (60, 2))))
    placed = laid_out("radial", graph_of(120, edges), root=7)

    far = steps(120, edges, 7)
    radius = np.hypot(*placed.positions.T)
    rings = [radius[far == step] for step in range(far.max() + 1)]
    assert all(np.ptp(ring) < 1e-3 for ring in rings)
    assert np.diff([ring.mean() for ring in rings]).min() >= 2 - 1e-3
    assert [axis.label for axis in placed.axes][:2] == ["1 step", "2 steps"]
    assert np.allclose(
        [axis.value for axis in placed.axes], [ring.mean() for ring in rings[1:]], rtol=1e-5
    )
    assert nearest(placed.positions) > 0.9


@pytest.mark.parametrize("seed", range(8))
def test_no_edges_of_a_tree_cross(seed: int) -> None:
    edges = random_tree(200, seed)

    assert crossings(laid_out("radial", graph_of(200, edges)).positions, edges) == 0


def test_a_heavy_child_does_not_reach_around_the_middle() -> None:
    edges = np.array([(0, 1), (0, 2), *((1, i) for i in range(3, 15))])
    at = laid_out("radial", graph_of(15, edges), root=0).positions

    way = np.linspace(0, 1, 50)[:, None, None]
    along = at[edges[2:, 0]] * (1 - way) + at[edges[2:, 1]] * way
    assert np.hypot(along[..., 0], along[..., 1]).min() >= np.hypot(*at[1]) - 1e-3
    assert crossings(at, edges) == 0


def test_the_middle_of_a_path_is_its_middle_node() -> None:
    at = laid_out("radial", graph_of(5, [(0, 1), (1, 2), (2, 3), (3, 4)])).positions

    assert at[2].tolist() == [0, 0]


def test_other_components_lie_outside_and_take_the_rings_away_where_they_are_most() -> None:
    star = [(0, i) for i in range(1, 9)]
    few = laid_out("radial", graph_of(12, [*star, (9, 10)]))
    many = laid_out("radial", graph_of(40, [*star, (9, 10)]), root=0)

    assert np.hypot(*few.positions[9:].T).min() > np.hypot(*few.positions[:9].T).max()
    assert len(few.axes) == 1
    assert many.axes == ()
    assert nearest(many.positions) > 0.5


def test_deep_graphs_have_a_dozen_rings_drawn() -> None:
    n = 1001
    path = np.column_stack((np.arange(n - 1), np.arange(1, n)))
    axes = laid_out("radial", graph_of(n, path), root=0).axes

    assert [axis.label for axis in axes] == [f"{step} steps" for step in range(84, 1001, 84)]


def test_an_empty_graph_has_nothing() -> None:
    assert laid_out("radial", graph_of(0, [])).positions.shape == (0, 2)
