"""Metrics are what networkx says, or what their definition says where it is simple to write down."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest

from graphkeep.compute.metrics.betweenness import betweenness
from graphkeep.compute.metrics.communities import communities
from graphkeep.compute.metrics.components import components
from graphkeep.compute.metrics.cores import core_numbers
from graphkeep.compute.metrics.degree import degree
from graphkeep.compute.metrics.pagerank import pagerank
from graphkeep.compute.metrics.strong import strong_components
from graphkeep.compute.metrics.triangles import clustering, triangles
from tests.graphs import karate_edges

Case = tuple[int, np.ndarray]


def karate() -> Case:
    return 34, karate_edges()


def random(n: int, m: int, seed: int) -> Case:
    """Loops and parallel edges in both directions are among them."""
    return n, np.random.default_rng(seed).integers(0, n, (m, 2))


def disconnected() -> Case:
    """Two triangles, one with a tail; a pair; a loop alone; two nodes with nothing."""
    parts = [(0, 1), (1, 2), (2, 0), (4, 5), (5, 6), (6, 4), (6, 7), (8, 9), (3, 3)]
    return 12, np.array(parts)


CASES: dict[str, Callable[[], Case]] = {
    "karate": karate,
    "random": lambda: random(200, 500, 1),
    "dense": lambda: random(60, 900, 2),
    "sparse": lambda: random(300, 200, 3),
    "disconnected": disconnected,
    "loops alone": lambda: (3, np.array([[0, 0], [2, 2], [2, 2]])),
    "no edges": lambda: (4, np.empty((0, 2), np.int64)),
    "nothing": lambda: (0, np.empty((0, 2), np.int64)),
    "one edge, eight times": lambda: (2, np.array([[0, 1], [1, 0]] * 4)),
}


@pytest.fixture(params=list(CASES))
def case(request) -> Case:
    return CASES[request.param]()


def simple(case: Case, *, directed: bool = False) -> nx.Graph:
    """No loops, no parallel edges."""
    n, edges = case
    made = nx.DiGraph() if directed else nx.Graph()
    made.add_nodes_from(range(n))
    made.add_edges_from((u, v) for u, v in edges.tolist() if u != v)
    return made


def multiple(case: Case) -> nx.MultiDiGraph:
    n, edges = case
    made = nx.MultiDiGraph()
    made.add_nodes_from(range(n))
    made.add_edges_from(edges.tolist())
    return made


def in_order(found: dict[int, float], n: int) -> list[float]:
    return [found[i] for i in range(n)]


def modularity(case: Case, label: np.ndarray) -> float:
    groups = [set(np.flatnonzero(label == one).tolist()) for one in np.unique(label)]
    return nx.community.modularity(simple(case), groups)


def test_degrees(case) -> None:
    n, edges = case
    graph = multiple(case)

    assert degree(n, edges).tolist() == in_order(dict(graph.degree()), n)
    assert degree(n, edges, ends="in").tolist() == in_order(dict(graph.in_degree()), n)
    assert degree(n, edges, ends="out").tolist() == in_order(dict(graph.out_degree()), n)


def test_degrees_add_weights_up() -> None:
    edges = np.array([[0, 1], [0, 1], [1, 1]])
    weights = np.array([0.5, 2.0, 3.0])

    assert degree(3, edges, weights=weights).tolist() == [2.5, 8.5, 0.0]
    assert degree(3, edges, weights=weights, ends="in").tolist() == [0.0, 5.5, 0.0]


def walked(n: int, edges: np.ndarray, weights: np.ndarray, damping: float) -> np.ndarray:
    """PageRank by its equation, solved."""
    step = np.zeros((n, n))
    np.add.at(step, (edges[:, 1], edges[:, 0]), weights)
    leaving = step.sum(axis=0)
    step = np.where(leaving > 0, step / np.where(leaving > 0, leaving, 1), 1 / n)
    return np.linalg.solve(np.eye(n) - damping * step, np.full(n, (1 - damping) / n))


@pytest.mark.parametrize("damping", [0.5, 0.85, 0.99])
def test_pagerank(case, damping) -> None:
    n, edges = case
    if n == 0:
        assert pagerank(n, edges).tolist() == []
        return
    weights = np.random.default_rng(0).random(len(edges)) * 9
    both = np.concatenate((edges, edges[edges[:, 0] != edges[:, 1]][:, ::-1]))

    found = pagerank(n, edges, damping=damping)
    weighted = pagerank(n, edges, weights=weights, damping=damping)
    undirected = pagerank(n, edges, directed=False, damping=damping)
    assert np.abs(found - walked(n, edges, np.ones(len(edges)), damping)).sum() < 2e-9
    assert np.abs(weighted - walked(n, edges, weights, damping)).sum() < 2e-9
    assert np.abs(undirected - walked(n, both, np.ones(len(both)), damping)).sum() < 2e-9
    assert found.sum() == pytest.approx(1, abs=1e-12)


def test_pagerank_jumps_from_where_all_weights_are_nothing() -> None:
    edges = np.array([[0, 1], [1, 0]])

    found = pagerank(2, edges, weights=np.array([0.0, 1.0]))
    assert found.tolist() == pytest.approx(walked(2, edges, np.array([0.0, 1.0]), 0.85))


def test_betweenness_is_exact_where_all_nodes_are_sources(case) -> None:
    n, edges = case

    for directed in (False, True):
        wanted = nx.betweenness_centrality(simple(case, directed=directed))
        counted = nx.betweenness_centrality(simple(case, directed=directed), normalized=False)
        found = betweenness(n, edges, directed=directed, samples=max(n, 1))
        paths = betweenness(n, edges, directed=directed, samples=max(n, 1), normalized=False)
        np.testing.assert_allclose(found, in_order(wanted, n), atol=1e-12)
        np.testing.assert_allclose(paths, in_order(counted, n), atol=1e-8)


def test_betweenness_from_a_sample_is_the_same_for_a_seed_and_right_on_average() -> None:
    n, edges = karate()
    exact = betweenness(n, edges, samples=n)

    some = [betweenness(n, edges, samples=8, seed=seed) for seed in range(300)]
    alone = betweenness(n, edges, samples=8, seed=0, threads=1)
    assert np.array_equal(some[0], betweenness(n, edges, samples=8, seed=0))
    assert np.array_equal(some[0], alone)
    assert not np.array_equal(some[0], some[1])
    np.testing.assert_allclose(np.mean(some, axis=0), exact, atol=0.01)


def test_betweenness_counts_more_paths_than_a_number_can_hold() -> None:
    """A chain of 1,200 diamonds has 2^1200 paths from end to end."""
    links = 1200
    top = 3 * np.arange(links)
    edges = np.concatenate(
        [np.column_stack((top + a, top + b)) for a, b in ((0, 1), (0, 2), (1, 3), (2, 3))]
    )
    n = 3 * links + 1

    found = betweenness(n, edges, samples=n, normalized=False)
    middle = np.arange(n) % 3 == 0
    before = 3 * np.arange(links + 1)
    exact = (before * (n - 1 - before)).astype(float)
    exact += 0.5  # between the two sides of the diamond before or after it
    exact[1:-1] += 0.5
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[middle], exact, rtol=1e-9)


def test_betweenness_tells_how_far_it_is_and_ends_when_told() -> None:
    n, edges = random(2000, 6000, 5)
    told: list[float] = []

    def stop(share: float) -> None:
        raise InterruptedError(share)

    betweenness(n, edges, samples=n, on_progress=told.append)
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(InterruptedError, match=r"^0\."):
        betweenness(n, edges, samples=n, on_progress=stop)


def test_components_count_from_the_largest(case) -> None:
    n, edges = case
    found = components(n, edges)

    groups = [min(one) for one in nx.connected_components(simple(case))]
    parts = {min(one): one for one in nx.connected_components(simple(case))}
    groups.sort(key=lambda first: (-len(parts[first]), first))
    wanted = np.empty(n, int)
    for rank, first in enumerate(groups):
        wanted[list(parts[first])] = rank
    assert found.tolist() == wanted.tolist()


def test_strong_components_count_from_the_largest(case) -> None:
    n, edges = case
    found = strong_components(n, edges)

    parts = sorted(
        nx.strongly_connected_components(simple(case, directed=True)),
        key=lambda part: (-len(part), min(part)),
    )
    wanted = np.empty(n, int)
    for rank, part in enumerate(parts):
        wanted[list(part)] = rank
    assert found.tolist() == wanted.tolist()


def test_components_of_long_chains() -> None:
    n = 5000
    chain = np.column_stack((np.arange(n - 1), np.arange(1, n)))
    shuffled = np.random.default_rng(0).permutation(n)[chain][::-1]

    assert components(n, shuffled).tolist() == [0] * n
    assert sorted(strong_components(n, shuffled).tolist()) == list(range(n))
    ring = np.concatenate((shuffled, shuffled[:, ::-1]))
    assert strong_components(n, ring).tolist() == [0] * n


def test_core_numbers(case) -> None:
    n, edges = case

    assert core_numbers(n, edges).tolist() == in_order(nx.core_number(simple(case)), n)


def test_triangles_and_clustering(case) -> None:
    n, edges = case

    assert triangles(n, edges).tolist() == in_order(nx.triangles(simple(case)), n)
    assert clustering(n, edges).tolist() == in_order(nx.clustering(simple(case)), n)


def test_communities_are_whole_connected_and_counted_by_size(case) -> None:
    n, edges = case
    found = communities(n, edges)

    sizes = np.bincount(found)
    assert sizes.tolist() == sorted(sizes.tolist(), reverse=True)
    assert sizes.sum() == n
    assert (sizes > 0).all()
    for one in range(len(sizes)):
        assert nx.is_connected(simple(case).subgraph(np.flatnonzero(found == one).tolist()))


def test_communities_of_karate_are_the_best_there_are() -> None:
    n, edges = karate()

    assert modularity((n, edges), communities(n, edges)) == pytest.approx(0.4198, abs=1e-4)


def test_communities_are_as_good_as_those_of_networkx() -> None:
    graphs = {
        "blocks": nx.planted_partition_graph(12, 40, 0.35, 0.02, seed=3),
        "random": nx.gnm_random_graph(500, 2000, seed=1),
        "hubs": nx.barabasi_albert_graph(600, 3, seed=2),
        "small world": nx.connected_watts_strogatz_graph(600, 8, 0.1, seed=1),
    }
    for name, graph in graphs.items():
        case = len(graph), np.array(graph.edges())
        louvain = nx.community.louvain_communities(graph, seed=1)
        theirs = nx.community.modularity(graph, louvain)
        assert modularity(case, communities(*case)) > theirs - 0.003, name


def test_communities_find_what_was_planted() -> None:
    graph = nx.planted_partition_graph(10, 30, 0.5, 0.01, seed=7)
    own = np.repeat(np.arange(10), 30)

    found = communities(300, np.array(graph.edges()))
    pairs = set(zip(own.tolist(), found.tolist(), strict=True))
    assert len(pairs) == 10


def test_communities_are_the_same_for_a_seed_and_heed_weights_and_resolution() -> None:
    n, edges = random(400, 1600, 9)
    across = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])

    assert np.array_equal(communities(n, edges, seed=1), communities(n, edges, seed=1))
    assert not np.array_equal(communities(n, edges, seed=1), communities(n, edges, seed=2))
    assert communities(4, across, weights=np.array([9.0, 1, 9, 1])).tolist() == [0, 0, 1, 1]
    assert communities(4, across, weights=np.array([1.0, 9, 1, 9])).tolist() == [0, 1, 1, 0]
    assert communities(4, across, resolution=0.1).tolist() == [0, 0, 0, 0]
    assert communities(4, across, resolution=5).tolist() == [0, 1, 2, 3]
    assert communities(4, across, weights=np.zeros(4)).tolist() == [0, 1, 2, 3]
    for scale in (1e-200, 1e-15, 1e15, 1e200):
        each = scale * np.random.default_rng(1).random(len(edges))
        assert np.array_equal(
            communities(n, edges, weights=each), communities(n, edges, weights=each / scale)
        )


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(ValueError, match="nodes are 0 to 1"):
        core_numbers(2, np.array([[0, 2]]))
    with pytest.raises(ValueError, match=r"shape \(m, 2\), not \(3,\)"):
        components(9, np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="0 or more"):
        pagerank(2, np.array([[0, 1]]), weights=np.array([-1.0]))
    with pytest.raises(ValueError, match="finite"):
        communities(2, np.array([[0, 1]]), weights=np.array([np.nan]))
    with pytest.raises(ValueError, match=r"shape \(1,\), not \(2,\)"):
        degree(2, np.array([[0, 1]]), weights=np.ones(2))
    with pytest.raises(ValueError, match="damping"):
        pagerank(2, np.array([[0, 1]]), damping=1.0)
    with pytest.raises(ValueError, match="samples"):
        betweenness(2, np.array([[0, 1]]), samples=0)
