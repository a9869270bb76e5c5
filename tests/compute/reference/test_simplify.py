"""Rows of neighbors against a dict of pairs."""

from collections import defaultdict

import numpy as np
import pytest

from graphkeep.compute.force.simplify import STRONGEST, WEAKEST, dissuade_hubs, simplify
from tests.compute.reference.graphs import dense, path, random_edges, sources, star


def pairs_of(edges: np.ndarray, weights: np.ndarray) -> dict[tuple[int, int], float]:
    """Strength of each pair: the sum over sqrt(times), brought to mean 1 and clipped."""
    found = defaultdict(list)
    for (u, v), weight in zip(edges.tolist(), weights.tolist(), strict=True):
        if u != v:
            found[min(u, v), max(u, v)].append(weight)
    summed = {pair: sum(each) / len(each) ** 0.5 for pair, each in found.items()}
    mean = sum(summed.values()) / len(summed)
    return {pair: min(max(w / mean, WEAKEST), STRONGEST) for pair, w in summed.items()}


@pytest.mark.parametrize(("n", "m"), [(2, 1), (5, 40), (40, 60), (60, 900), (300, 200)])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_rows_are_what_a_dict_of_pairs_says(n: int, m: int, is_weighted: bool) -> None:
    edges = np.concatenate((random_edges(n, m, 1), [[0, 1]]))
    weights = np.random.default_rng(2).lognormal(0, 3, len(edges)) if is_weighted else None
    rows = simplify(n, edges, weights)
    expected = np.zeros((n, n))
    for (u, v), w in pairs_of(edges, np.ones(len(edges)) if weights is None else weights).items():
        expected[u, v] = expected[v, u] = w

    np.testing.assert_allclose(dense(rows), expected, rtol=1e-5)
    assert (rows.indptr.dtype, rows.indices.dtype, rows.weights.dtype) == (
        np.int64,
        np.int32,
        np.float32,
    )
    assert (rows.indptr[0], rows.indptr[-1], rows.n) == (0, len(rows.indices), n)


def test_neighbours_stand_in_the_order_of_their_first_edge() -> None:
    rows = simplify(4, np.array([[0, 3], [1, 0], [0, 3], [2, 0]]))

    assert rows.indices[: rows.indptr[1]].tolist() == [3, 1, 2]


def test_three_edges_between_two_nodes_count_the_root_of_three() -> None:
    rows = simplify(3, np.array([[0, 1], [1, 0], [0, 1], [1, 2]]))
    tripled, single = dense(rows)[0, 1], dense(rows)[1, 2]

    assert tripled / single == pytest.approx(3**0.5)
    assert rows.weights.mean() == pytest.approx(1)


def test_strengths_are_of_mean_one_within_bounds() -> None:
    alike = simplify(4, path(4), np.array([8.0, 8.0, 8.0]))
    apart = simplify(200, path(200), np.concatenate(([1e-6, 1e6], np.ones(197))))

    assert alike.weights.tolist() == [1.0] * 6
    assert (apart.weights.min(), apart.weights.max()) == (np.float32(WEAKEST), STRONGEST)


def test_loops_and_isolated_nodes_have_empty_rows() -> None:
    loops = simplify(5, np.array([[0, 0], [3, 3], [3, 3]]))
    nothing = simplify(3, np.empty((0, 2), np.int64))

    assert loops.indptr.tolist() == [0] * 6
    assert (len(loops.indices), len(loops.weights)) == (0, 0)
    assert nothing.indptr.tolist() == [0] * 4


def test_hubs_are_pulled_by_the_root_of_their_degree() -> None:
    edges = np.concatenate((star(9), [[1, 2], [2, 3]]))
    rows = simplify(9, edges)
    weaker = dissuade_hubs(rows)
    degree = np.diff(rows.indptr)
    at = sources(rows)
    plain = np.array(
        [
            w / max(degree[i], degree[j]) ** 0.5
            for i, j, w in zip(at, rows.indices, rows.weights, strict=True)
        ]
    )

    np.testing.assert_allclose(weaker.weights, plain / plain.mean(), rtol=1e-5)
    assert dissuade_hubs(simplify(2, np.empty((0, 2), np.int64))).weights.tolist() == []
