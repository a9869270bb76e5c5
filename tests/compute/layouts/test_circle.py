"""A circle on which few edges cross."""

from itertools import combinations

import numpy as np
import pytest

from graphkeep.compute.circular import circular_order as circular
from graphkeep.compute.circular.circular_order import circular_order, crossed, sifted
from graphkeep.compute.kernels.csr import undirected_csr
from graphkeep.compute.metrics.communities import communities
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from tests.compute.layouts.drawing import crossings, graph_of, laid_out


def test_neighbours_on_the_circle_are_one_apart_from_the_top() -> None:
    at = laid_out("circle", graph_of(4, []), order="table").positions

    half = 0.5**0.5
    assert np.allclose(at, [(0, half), (half, 0), (0, -half), (-half, 0)], atol=1e-6)


def test_an_outerplanar_graph_has_no_crossings_in_any_order_of_rows() -> None:
    n = 40
    rim = [(i, (i + 1) % n) for i in range(n)]
    chords = [(0, i) for i in range(2, 20)] + [(20, i) for i in range(22, 38)]
    for seed in range(5):
        names = np.random.default_rng(seed).permutation(n)
        edges = names[np.array(rim + chords)]

        assert crossings(laid_out("circle", graph_of(n, edges)).positions, edges) == 0


@pytest.mark.parametrize(("n", "least"), [(4, 1), (5, 5), (6, 15)])
def test_a_complete_graph_has_the_crossings_that_it_must_have(n: int, least: int) -> None:
    edges = list(combinations(range(n), 2))

    assert crossings(laid_out("circle", graph_of(n, edges)).positions, edges) == least


@pytest.mark.parametrize("seed", range(25))
def test_no_single_move_of_a_node_takes_crossings_away(seed: int) -> None:
    rng = np.random.default_rng(seed)
    edges = rng.integers(0, 14, (26, 2)).astype(np.int32)
    near = undirected_csr(14, edges)
    pairs = [
        (u, v)
        for u in range(14)
        for v in near.indices[near.indptr[u] : near.indptr[u + 1]]
        if u < v
    ]
    order = sifted(near.indptr, near.indices.copy(), np.arange(14, dtype=np.int32), 50)

    def count(row: list[int]) -> int:
        angle = np.empty(14)
        angle[row] = np.arange(14) * (2 * np.pi / 14) + 0.1
        return crossings(np.column_stack((np.cos(angle), np.sin(angle))), pairs)

    least = count(order.tolist())
    for node in range(14):
        rest = [one for one in order.tolist() if one != node]
        assert min(count([*rest[:k], node, *rest[k:]]) for k in range(14)) >= least


@pytest.mark.parametrize("seed", range(30))
def test_every_round_takes_crossings_away_and_adds_none(seed: int) -> None:
    edges = np.random.default_rng(seed).integers(0, 30, (70, 2)).astype(np.int32)
    near = undirected_csr(30, edges)
    order = np.arange(30, dtype=np.int32)
    counts = []
    for _ in range(4):
        counts.append(crossed(near.indptr, near.indices, order))
        order = sifted(near.indptr, near.indices.copy(), order, 1)

    assert counts == sorted(counts, reverse=True)


def test_large_graphs_keep_their_communities_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circular, "STEPS", 0)
    rng = np.random.default_rng(2)
    own = np.repeat(np.arange(8), 25)
    source = rng.integers(0, 200, 1600)
    destination = np.where(
        rng.random(1600) < 0.9,
        own[source] * 25 + rng.integers(0, 25, 1600),
        rng.integers(0, 200, 1600),
    )
    edges = np.column_stack((source, destination)).astype(np.int32)
    order = circular_order(200, edges)
    found = communities(200, edges)[order]

    assert sorted(order.tolist()) == list(range(200))
    assert np.count_nonzero(np.diff(found)) == found.max()


def test_equal_values_of_a_column_stand_together_in_their_order() -> None:
    graph = graph_of(6, [(0, 3)], team=["b", "a", None, "a", "b", "a"])
    at = laid_out("circle", graph, column="team").positions

    clockwise = np.argsort((np.pi / 2 - np.arctan2(at[:, 1], at[:, 0]) + 1e-6) % (2 * np.pi))
    assert [["b", "a", None, "a", "b", "a"][row] for row in clockwise] == [
        "a",
        "a",
        "a",
        "b",
        "b",
        None,
    ]


def test_unconnected_parts_may_have_a_circle_each() -> None:
    ring = [(i, (i + 1) % 12) for i in range(12)]
    at = laid_out("circle", graph_of(20, [*ring, (12, 13), (13, 14)]), components="apart").positions

    middle = at[:12].mean(axis=0)
    assert np.ptp(np.hypot(*(at[:12] - middle).T)) < 1e-4
    assert np.hypot(*(at[12:] - middle).T).min() > np.hypot(*(at[0] - middle))


def test_options_that_are_not_there_are_refused_in_words() -> None:
    graph = graph_of(3, [(0, 1)], team=["x", "y", "z"])
    with pytest.raises(
        UserInputError, match=r"The layout 'circle' has no option 'radius'\. Its options: order"
    ):
        laid_out("circle", graph, radius=3)
    with pytest.raises(UserInputError, match="order 'size' is not one of links, degree, table"):
        laid_out("circle", graph, order="size")
    with pytest.raises(
        UnknownColumnError, match=r"There is no column 'size'\. The table has: id, team"
    ):
        laid_out("circle", graph, column="size")


def test_one_node_and_none_are_drawn() -> None:
    assert laid_out("circle", graph_of(1, [])).positions.tolist() == [[0, 0]]
    assert laid_out("circle", graph_of(0, [])).positions.shape == (0, 2)
