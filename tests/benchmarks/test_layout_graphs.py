"""The generated graphs: simple, of the size asked for, seeded, and of the shape that their names promise."""

from collections import Counter

import numpy as np
import pytest

from benchmarks.layouts.graphs import GENERATORS, Sample, paired
from graphkeep.compute.connected_components import components


def degrees(graph: Sample) -> np.ndarray:
    return np.bincount(graph.edges.ravel(), minlength=graph.n)


@pytest.mark.parametrize("name", GENERATORS)
def test_is_simple_seeded_and_about_as_large_as_asked(name) -> None:
    graph = GENERATORS[name](10_000, 3)
    again, other = GENERATORS[name](10_000, 3), GENERATORS[name](10_000, 4)
    pairs = {tuple(sorted(pair)) for pair in graph.edges.tolist()}

    assert graph.edges.dtype == np.int32
    assert len(pairs) == len(graph.edges)
    assert all(a != b for a, b in pairs)
    assert (degrees(graph) > 0).all()
    assert len(degrees(graph)) == graph.n
    assert 7_500 < len(graph.edges) < 10_500
    assert np.array_equal(graph.edges, again.edges)
    assert not np.array_equal(graph.edges, other.edges)


@pytest.mark.parametrize("name", GENERATORS)
def test_ids_tell_nothing_of_the_way_it_was_made(name) -> None:
    graph = GENERATORS[name](10_000, 3)
    apart = np.abs(graph.edges[:, 0] - graph.edges[:, 1]).mean()

    assert 0.25 * graph.n < apart < 0.45 * graph.n
    assert 0.45 < (graph.edges[:, 0] < graph.edges[:, 1]).mean() < 0.55
    first, second = degrees(graph)[graph.edges].mean(axis=0)
    assert 0.8 < first / second < 1.25


def test_a_grid_has_four_corners() -> None:
    graph = GENERATORS["grid"](10_000, 0)

    assert Counter(degrees(graph).tolist()) == {2: 4, 3: 4 * 69, 4: 69**2}


def test_a_tree_is_one_component_without_a_ring() -> None:
    graph = GENERATORS["tree"](10_000, 0)

    assert (graph.n, len(graph.edges)) == (10_001, 10_000)
    assert components(graph.n, graph.edges).max() == 0
    assert degrees(graph).max() > 50


@pytest.mark.parametrize("name", ["comps", "bushes"])
def test_very_many_components_of_very_different_size(name) -> None:
    graph = GENERATORS[name](100_000, 0)
    sizes = np.bincount(components(graph.n, graph.edges))

    assert len(sizes) > 5000
    assert sizes.min() == 2
    assert sizes.max() > 1000
    # Density s ** -2: as many components of 2 to 3 nodes as all larger ones.
    assert 0.45 < (sizes < 4).mean() < 0.55


def test_communities_keep_most_of_their_edges() -> None:
    graph = GENERATORS["lfr"](100_000, 0)
    own, other = graph.labels[graph.edges].T

    assert 0.75 < (own == other).mean() < 0.85
    assert 30 < graph.labels.max() < 80
    assert np.bincount(graph.labels).max() > 800


def test_events_share_values_that_belong_to_no_community() -> None:
    graph = GENERATORS["hyper"](100_000, 0)
    degree = degrees(graph)
    labels = graph.labels[graph.edges]
    labelled = (labels >= 0).all(axis=1)

    assert len(graph.edges) == 100_000
    assert (graph.labels < 0).sum() == 47
    assert (~labelled).sum() == 25_000
    assert degree[graph.labels < 0].min() > 400
    assert 0.94 < (labels[labelled, 0] == labels[labelled, 1]).mean() < 0.97


def test_hubs_grow_where_the_rich_get_richer() -> None:
    flat, rich = degrees(GENERATORS["mesh"](10_000, 0)), degrees(GENERATORS["ba"](10_000, 0))
    skewed = degrees(GENERATORS["rmat"](10_000, 0))

    assert flat.max() < 20
    assert rich.max() > 100
    # Each newcomer brings four, of which twins are dropped.
    assert np.median(rich) in {4, 5, 6}
    assert skewed.max() > 300


def test_stubs_are_paired_within_their_group() -> None:
    group = np.array([0, 0, 1, 1, 1])
    stubs = np.repeat(np.arange(5), 3)[1:]
    pairs = paired(np.random.default_rng(0), stubs, group)

    # Five stubs of the first group make two pairs, nine of the second make four.
    assert Counter(group[pairs[:, 0]].tolist()) == {0: 2, 1: 4}
    assert np.array_equal(group[pairs[:, 0]], group[pairs[:, 1]])
    assert (np.bincount(pairs.ravel()) <= 3).all()
