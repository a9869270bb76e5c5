"""A layout that plays on keeps its scale: the window does not follow, and what is pinned stays beside the rest."""

import numpy as np
import pytest

from graphkeep.compute.force.layout import force_layout
from tests.compute.force.test_force import grid, planted

GRAPHS = {"mesh": (400, grid(20)), "clusters": (1000, planted(20, 50)[0]), "small": (100, grid(10))}


def edge_length(placed: np.ndarray, edges: np.ndarray) -> float:
    return float(np.median(np.hypot(*(placed[edges[:, 0]] - placed[edges[:, 1]]).T)))


def extent_of(placed: np.ndarray) -> np.ndarray:
    """Of most nodes: the neighbours of what is pinned far away may come along."""
    low, high = np.percentile(placed, [10, 90], axis=0)
    return high - low


@pytest.mark.parametrize("name", GRAPHS)
def test_an_edge_is_as_long_after_each_run_as_before(name: str) -> None:
    n, edges = GRAPHS[name]
    placed = force_layout(n, edges, seed=1)
    first = edge_length(placed, edges)
    lengths = []
    for _ in range(3):
        placed = force_layout(n, edges, positions=placed, seed=1)
        lengths.append(edge_length(placed, edges) / first)

    assert lengths == pytest.approx([1, 1, 1], rel=0.35)


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("far", [0.5, 2.0])
def test_a_node_that_is_pinned_far_away_does_not_blow_up_the_others(name: str, far: float) -> None:
    n, edges = GRAPHS[name]
    placed = force_layout(n, edges, seed=1)
    extent = extent_of(placed)
    placed[7] = placed.mean(axis=0) + far * np.ptp(placed, axis=0)
    fixed = np.arange(n) == 7
    after = force_layout(n, edges, positions=placed, fixed=fixed, seed=1)

    assert np.allclose(after[7], placed[7], rtol=1e-3)
    assert extent_of(after[~fixed]) / extent == pytest.approx([1, 1], rel=1)


@pytest.mark.parametrize("free", [0, 1, 2])
def test_a_run_with_almost_every_node_pinned_keeps_finite_positions(free: int) -> None:
    edges = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)])
    start = np.arange(12, dtype=np.float32).reshape(6, 2)
    fixed = np.arange(6) >= free
    after = force_layout(6, edges, positions=start, fixed=fixed)

    assert np.isfinite(after).all()
    assert np.allclose(after[fixed], start[fixed], atol=1e-4)
