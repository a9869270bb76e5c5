"""Where the coarsest level begins: distances in the graph, drawn."""

import numpy as np
import pytest

from graphkeep.compute.force.simplify import simplify
from graphkeep.compute.force.start import hop_distances, initial_positions, majorize_stress
from graphkeep.compute.kernels.csr import CsrGraph
from tests.compute.reference.graphs import cycle, grid, hops, path, random_edges, star, stress


def begun(n: int, edges: np.ndarray) -> tuple[np.ndarray, CsrGraph]:
    rows = simplify(n, edges)
    return initial_positions(rows, np.ones(n, np.float32)), rows


@pytest.mark.parametrize("edges", [path(20), cycle(21), grid(5), star(9), random_edges(40, 70, 1)])
def test_distances_are_shortest_ways(edges: np.ndarray) -> None:
    rows = simplify(int(edges.max()) + 1, edges)
    expected = hops(rows)
    expected[np.isinf(expected)] = 0

    np.testing.assert_array_equal(hop_distances(rows.indptr, rows.indices), expected)


def smacof(pos: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """One round: each node to the weighted mean of where the others want it."""
    after = np.empty_like(pos)
    for i in range(len(pos)):
        others = np.arange(len(pos)) != i
        d = pos[i] - pos[others]
        away = wanted[i, others]
        aim = pos[others] + (away / np.hypot(*d.T))[:, None] * d
        after[i] = np.average(aim, axis=0, weights=away**-2.0)
    return after


@pytest.mark.parametrize("rounds", [0, 1, 4])
def test_majorization_is_a_loop_of_weighted_means(rounds: int) -> None:
    rows = simplify(16, grid(4))
    wanted = hop_distances(rows.indptr, rows.indices)
    pos = np.random.default_rng(2).normal(size=(16, 2)).astype(np.float32)
    expected = pos.astype(np.float64)
    for _ in range(rounds):
        expected = smacof(expected, wanted)

    got = majorize_stress(pos.copy(), wanted, rounds)
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-3)


def test_a_path_comes_out_straight() -> None:
    placed, rows = begun(12, path(12))
    extents = np.linalg.svd(placed - placed.mean(axis=0), compute_uv=False)

    assert stress(placed, hops(rows)) < 0.002
    assert extents[1] < 0.05 * extents[0]


def test_a_cycle_comes_out_round() -> None:
    placed, _ = begun(24, cycle(24))
    middle = placed - placed.mean(axis=0)
    radius = np.hypot(*middle.T)
    turns = np.diff(np.unwrap(np.arctan2(*middle.T)))

    assert np.ptp(radius) < 0.2 * radius.mean()
    assert (np.sign(turns) == np.sign(turns[0])).all()


def test_a_grid_comes_out_flat() -> None:
    placed, rows = begun(49, grid(7))

    assert stress(placed, hops(rows)) <= 0.02


def test_heavier_clusters_begin_further_apart() -> None:
    rows = simplify(49, grid(7))
    light, heavy = (initial_positions(rows, np.full(49, mass, np.float32)) for mass in (1, 9))

    np.testing.assert_allclose(heavy, 3 * light, rtol=1e-5)


@pytest.mark.parametrize(
    ("n", "edges"), [(1, np.empty((0, 2), np.int64)), (2, path(2)), (3, cycle(3)), (6, path(3))]
)
def test_tiny_and_broken_graphs_begin_at_finite_places(n: int, edges: np.ndarray) -> None:
    placed, _ = begun(n, edges)

    assert np.isfinite(placed).all()
    assert len(np.unique(placed, axis=0)) == n
