"""Layered drawings: every edge goes down, few cross, and what is too much is told."""

from itertools import pairwise

import numpy as np
import pytest

from graphkeep.compute.layered import crossings as walk
from graphkeep.compute.layered.acyclic import acyclic
from graphkeep.compute.layered.crossings import ordered_layers
from graphkeep.compute.layered.layers import layers_of, proper
from graphkeep.compute.layouts import layered as layout
from tests.compute.layouts.drawing import crossings, graph_of, laid_out, random_tree

DIAMOND = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]


def dag(n: int, m: int, seed: int) -> np.ndarray:
    ends = np.random.default_rng(seed).integers(0, n, (m, 2))
    ends = np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1)
    return np.unique(ends, axis=0).astype(np.int32)


def total_crossings(
    layer: np.ndarray, edges: np.ndarray, row: np.ndarray, indptr: np.ndarray
) -> int:
    at = np.empty(len(row))
    at[row] = np.concatenate([np.arange(b - a) for a, b in pairwise(indptr)])
    count = 0
    for i in range(int(layer.max())):
        between = edges[layer[edges[:, 0]] == i]
        upper, lower = at[between].T
        across = (upper[:, None] < upper) & (lower[:, None] > lower)
        count += int(across.sum())
    return count


def test_a_diamond_is_drawn_upright_about_its_middle() -> None:
    at = laid_out("layered", graph_of(5, DIAMOND), level_distance=1).positions

    assert (at[0, 1] - at[:, 1]).tolist() == [0, 1, 1, 2, 3]
    assert abs(at[1, 0] - at[2, 0]) == pytest.approx(1, abs=0.2)
    assert min(at[1, 0], at[2, 0]) < at[3, 0] < max(at[1, 0], at[2, 0])
    assert crossings(at, DIAMOND) == 0


@pytest.mark.parametrize("seed", range(6))
def test_every_edge_of_an_acyclic_graph_goes_down(seed: int) -> None:
    edges = dag(80, 160, seed)
    placed = laid_out("layered", graph_of(80, edges), level_distance=1)

    fall = placed.positions[edges[:, 0], 1] - placed.positions[edges[:, 1], 1]
    assert fall.min() >= 1 - 1e-4
    assert placed.notes == ()


@pytest.mark.parametrize(
    ("direction", "way"), [("down", (0, -1)), ("up", (0, 1)), ("right", (1, 0)), ("left", (-1, 0))]
)
def test_it_flows_the_way_that_is_said(direction: str, way: tuple[int, int]) -> None:
    at = laid_out("layered", graph_of(5, DIAMOND), direction=direction).positions

    assert min(np.dot(at[b] - at[a], way) for a, b in DIAMOND) > 0.9


def test_of_a_cycle_one_edge_runs_back_and_it_is_told() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (3, 0)]
    placed = laid_out("layered", graph_of(4, edges))

    falls = [placed.positions[a, 1] > placed.positions[b, 1] for a, b in edges]
    assert falls.count(False) == 1
    assert placed.notes == ("Edges that close a cycle, and so run against the others: 1.",)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_left_without_the_turned_edges_has_no_cycle(seed: int) -> None:
    edges = np.random.default_rng(seed).integers(0, 30, (90, 2)).astype(np.int32)
    edges = edges[edges[:, 0] != edges[:, 1]]
    backward = acyclic(30, edges)
    forward = np.where(backward[:, None], edges[:, ::-1], edges)
    layer = layers_of(30, forward)

    assert (layer[forward[:, 0]] < layer[forward[:, 1]]).all()
    assert backward.sum() < len(edges) / 2 - 30 / 6  # what the paper promises
    assert not acyclic(80, dag(80, 300, seed)).any()


def test_layers_make_edges_short() -> None:
    # A chain of four and a node that could stand anywhere above its end: it stands next to it.
    edges = np.array([(0, 1), (1, 2), (2, 3), (4, 5), (5, 3)], np.int32)

    assert layers_of(6, edges).tolist() == [0, 1, 2, 3, 1, 2]


@pytest.mark.parametrize("seed", range(10))
def test_a_tree_is_drawn_without_crossings(seed: int) -> None:
    edges = random_tree(120, seed)
    at = laid_out("layered", graph_of(120, edges), level_distance=1).positions

    assert crossings(at, edges) == 0


def test_of_two_beginnings_the_better_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def crossed() -> list[int]:
        counts = []
        for seed in range(8):
            edges = dag(90, 150, seed)
            graph = proper(90, edges, layers_of(90, edges), 10_000)
            row, indptr = ordered_layers(graph.layer, graph.edges)
            counts.append(total_crossings(graph.layer, graph.edges, row, indptr))
        return counts

    both = crossed()
    with monkeypatch.context() as without:
        without.setattr(
            walk,
            "wide",
            lambda near_ptr, near_idx, layer, indptr: walk.deep(
                *(np.zeros(len(near_ptr), np.int64), np.empty(0, np.int32)) * 2, layer, indptr
            ),
        )
        deep = crossed()
    monkeypatch.setattr(
        walk, "deep", lambda *words: np.argsort(words[4], kind="stable").astype(np.int32)
    )
    wide = crossed()

    assert sum(both) < min(sum(deep), sum(wide))


def test_known_graphs_have_the_crossings_that_they_must_have() -> None:
    def least(upper: int, lower: int) -> int:
        edges = np.array([(i, upper + j) for i in range(upper) for j in range(lower)], np.int32)
        layer = np.repeat([0, 1], [upper, lower]).astype(np.int32)
        row, indptr = ordered_layers(layer, edges)
        return total_crossings(layer, edges, row, indptr)

    assert [least(2, 2), least(2, 3), least(3, 3)] == [1, 3, 9]


@pytest.mark.parametrize("seed", range(8))
def test_planar_layers_are_untangled(seed: int) -> None:
    # Five layers of ten, each node joined to those straight and half below it, in shuffled rows.
    rng = np.random.default_rng(seed)
    names = rng.permutation(50).astype(np.int32)
    flat = [
        (10 * i + k, 10 * i + 10 + k + s)
        for i in range(4)
        for k in range(10)
        for s in (0, 1)
        if k + s < 10
    ]
    edges = names[np.array(flat)]
    layer = np.empty(50, np.int32)
    layer[names] = np.arange(50) // 10
    row, indptr = ordered_layers(layer, edges)

    assert total_crossings(layer, edges, row, indptr) == 0


@pytest.mark.parametrize("seed", range(6))
def test_nodes_of_a_layer_stand_apart(seed: int) -> None:
    edges = dag(150, 260, seed)
    at = laid_out("layered", graph_of(150, edges), level_distance=1).positions.astype(float)

    for level in np.unique(at[:, 1]):
        assert np.diff(np.sort(at[at[:, 1] == level, 0])).min(initial=1) >= 1 - 1e-3


def test_a_long_edge_is_upright_and_clear_of_the_nodes_it_passes() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4), (0, 5), (5, 4)]
    at = laid_out("layered", graph_of(6, edges), level_distance=1).positions

    x = np.interp([1, 2, 3], [0, 4], at[[0, 4], 0])
    assert np.abs(at[[1, 2, 3], 0] - x).min() > 0.2


def test_an_edge_over_many_layers_is_cut_into_steps_of_one() -> None:
    edges = np.array([(0, 1), (1, 2), (0, 3), (2, 3)], np.int32)
    graph = proper(4, edges, np.array([0, 1, 2, 3], np.int32), 10)

    assert graph.layer.tolist() == [0, 1, 2, 3, 1, 2]
    assert sorted(map(tuple, graph.edges.tolist())) == [
        (0, 1),
        (0, 4),
        (1, 2),
        (2, 3),
        (4, 5),
        (5, 3),
    ]


def test_edges_that_pass_too_many_layers_are_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layout, "MAX_DUMMIES", 6)
    n = 12
    path = [(i, i + 1) for i in range(n - 1)]
    placed = laid_out("layered", graph_of(n, [*path, (0, 3), (0, 5), (1, 11)]), level_distance=1)

    (note,) = placed.notes
    assert note == (
        "Edges that cross too many layers to be routed around nodes: 1. "
        "This graph is too large or too deep for a layered drawing to be exact."
    )
    assert np.allclose(placed.positions[0, 1] - placed.positions[:, 1], np.arange(n))


def test_a_large_tangle_is_drawn_and_finite() -> None:
    rng = np.random.default_rng(0)
    edges = rng.integers(0, 3000, (20_000, 2))
    at = laid_out("layered", graph_of(3000, edges)).positions

    assert np.isfinite(at).all()
    assert len(np.unique(at, axis=0)) == 3000


def test_nothing_and_unlinked_nodes_are_drawn() -> None:
    assert laid_out("layered", graph_of(0, [])).positions.shape == (0, 2)
    assert len(np.unique(laid_out("layered", graph_of(5, [(2, 2)])).positions, axis=0)) == 5
