"""Coarsening against dense matrices, and clusters against what they promise."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from graphkeep.compute.force.coarsen import (
    COARSEST,
    Level,
    cluster,
    coarsen_level,
    contract,
    heaviest_edges,
    hierarchy,
    keep_heaviest_edges,
    order_by_parent,
)
from graphkeep.compute.force.simplify import simplify
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.csr_rows import permute_rows
from tests.compute.reference.graphs import (
    complete,
    dense,
    grid,
    path,
    random_edges,
    random_rows,
    sources,
    star,
)


def members(label: np.ndarray, count: int) -> np.ndarray:
    """float64 (n, k), one where a node is in a cluster."""
    return np.eye(count)[label]


@pytest.mark.parametrize("threads", [1, 3])
def test_contracted_rows_are_the_product_of_matrices(threads: int) -> None:
    rows = random_rows(80, 300, 1)
    rng = np.random.default_rng(1)
    label = np.concatenate((np.arange(13), rng.integers(0, 13, 67))).astype(np.int32)
    size = rng.integers(1, 5, 80).astype(np.int32)
    mass = rng.integers(1, 9, 80).astype(np.float32)
    indptr, indices, w, csize, cmass = contract(*rows, label, 13, size, mass, threads)
    one = members(label, 13)
    expected = one.T @ dense(rows) @ one
    np.fill_diagonal(expected, 0)

    np.testing.assert_array_equal(dense(CsrGraph(indptr, indices, w)), expected)
    np.testing.assert_array_equal(csize, size @ one)
    np.testing.assert_array_equal(cmass, mass @ one)
    assert (csize.dtype, cmass.dtype, indices.dtype, w.dtype) == ("i4", "f4", "i4", "f4")


def test_permuted_rows_are_the_permuted_matrix() -> None:
    rows = random_rows(50, 200, 2)
    order = np.random.default_rng(2).permutation(50).astype(np.int32)
    rank = np.argsort(order).astype(np.int32)
    moved = CsrGraph(*permute_rows(*rows, order, rank))

    np.testing.assert_array_equal(dense(moved), dense(rows)[np.ix_(order, order)])


def test_members_are_brought_together_stably() -> None:
    parent = np.random.default_rng(3).integers(0, 9, 70).astype(np.int32)
    order, rank = order_by_parent(parent, 9)

    np.testing.assert_array_equal(order, np.argsort(parent, kind="stable"))
    np.testing.assert_array_equal(rank[order], np.arange(70))


def test_thinning_keeps_what_is_heavy_at_one_of_its_ends() -> None:
    rows = random_rows(40, 400, 4)
    matrix = dense(rows)
    max_degree = 4
    bar = np.array(
        [
            np.sort(row[row > 0])[-max_degree] if (row > 0).sum() > max_degree else 0
            for row in matrix
        ]
    )
    kept = np.where(matrix >= 0.9999 * np.minimum(bar[:, None], bar[None]), matrix, 0)
    lighter = CsrGraph(*heaviest_edges(*rows, max_degree))

    assert 0 < (kept > 0).sum() < (matrix > 0).sum()
    np.testing.assert_allclose(dense(lighter), kept * matrix.sum() / kept.sum(), rtol=1e-5)


def test_rows_that_are_narrow_already_are_not_thinned() -> None:
    rows = random_rows(40, 60, 5)

    assert keep_heaviest_edges(rows, 64) is rows
    np.testing.assert_array_equal(dense(CsrGraph(*heaviest_edges(*rows, 64))), dense(rows))


CLUSTERED = {
    "grid": (100, grid(10)),
    "path": (60, path(60)),
    "star": (60, star(60)),
    "complete": (30, complete(30)),
    "sparse": (200, random_edges(200, 220, 6)),
    "dense": (120, random_edges(120, 2000, 7)),
}


@pytest.mark.parametrize("name", CLUSTERED)
@pytest.mark.parametrize("seed", [0, 9])
def test_clusters_are_small_and_hold_together(name: str, seed: int) -> None:
    n, edges = CLUSTERED[name]
    rows = simplify(n, edges)
    size = np.random.default_rng(seed).integers(1, 4, n).astype(np.int32)
    cap = 9
    label, count = cluster(*rows, size, cap, seed)
    graph = nx.from_numpy_array(dense(rows))

    assert np.array_equal(np.unique(label), np.arange(count))
    assert np.bincount(label, size).max() <= cap
    assert count < 0.7 * n
    for c in range(count):
        inside = np.flatnonzero(label == c).tolist()
        shared = set.intersection(*(set(graph[i]) for i in inside))
        assert len(inside) == 1 or shared or nx.is_connected(graph.subgraph(inside))


def test_a_node_over_the_cap_stays_alone() -> None:
    rows = simplify(5, complete(5))
    size = np.array([1, 50, 1, 1, 1], np.int32)
    label, count = cluster(*rows, size, 4, 0)

    assert count < 5
    assert (label == label[1]).sum() == 1


def test_one_node_and_two_alone_are_their_own_clusters() -> None:
    for n in (1, 2):
        rows = simplify(n, np.empty((0, 2), np.int64))
        label, count = cluster(*rows, np.ones(n, np.int32), 4, 3)
        assert (label.tolist(), count) == (list(range(n)), n)


def test_clusters_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    rows = simplify(100, grid(10))
    size = np.ones(100, np.int32)
    one, _ = cluster(*rows, size, 4, 1)

    assert np.array_equal(one, cluster(*rows, size, 4, 1)[0])
    assert not np.array_equal(one, cluster(*rows, size, 4, 2)[0])


def finest(n: int, edges: np.ndarray) -> Level:
    rows = simplify(n, edges)
    mass = (np.diff(rows.indptr) + 1).astype(np.float32)
    return Level(rows=rows, size=np.ones(n, np.int32), mass=mass)


def test_two_rounds_are_one_cluster_of_clusters() -> None:
    level = finest(400, grid(20))
    above = coarsen_level(level, 3, 2)
    assert above is not None
    one = members(level.parent, above.n)
    expected = one.T @ dense(level.rows) @ one
    np.fill_diagonal(expected, 0)

    assert above.n < 0.3 * level.n
    np.testing.assert_array_equal(dense(above.rows), expected)
    np.testing.assert_array_equal(above.size, one.sum(axis=0))
    np.testing.assert_array_equal(above.mass, level.mass @ one)


def test_nothing_is_coarser_where_there_are_no_edges() -> None:
    assert coarsen_level(finest(80, np.empty((0, 2), np.int64)), 0, 2) is None


@pytest.mark.parametrize("max_degree", [0, 3])
def test_levels_are_renumbered_and_add_up(max_degree: int) -> None:
    edges = random_edges(900, 4000, 8)
    before = finest(900, edges)
    matrix, mass = dense(before.rows), before.mass.copy()
    levels, rank = hierarchy(finest(900, edges), 5, rounds=1, max_degree=max_degree)

    assert levels[-1].n <= COARSEST < levels[-2].n
    assert sorted(rank.tolist()) == list(range(900))
    np.testing.assert_array_equal(dense(levels[0].rows)[np.ix_(rank, rank)], matrix)
    np.testing.assert_array_equal(levels[0].mass[rank], mass)
    for fine, above in pairwise(levels):
        one = members(fine.parent, above.n)
        assert (np.diff(fine.parent) >= 0).all()
        np.testing.assert_array_equal(above.size, fine.size @ one)
        np.testing.assert_allclose(above.mass, fine.mass @ one, rtol=1e-5)
        between = one.T @ dense(fine.rows) @ one
        np.fill_diagonal(between, 0)
        kept = dense(above.rows)
        assert kept.sum() == pytest.approx(between.sum(), rel=1e-4)
        assert not kept[between == 0].any()
        if not max_degree:
            np.testing.assert_allclose(kept, between, rtol=1e-4)


def test_each_edge_stands_in_two_rows_on_every_level() -> None:
    levels, _ = hierarchy(finest(900, random_edges(900, 4000, 8)), 5, max_degree=3)

    for level in levels:
        there = {*zip(sources(level.rows).tolist(), level.rows.indices.tolist(), strict=True)}
        assert there == {(j, i) for i, j in there}
