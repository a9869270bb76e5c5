"""Each metric against the same thing said slowly, and against drawings whose figures are known."""

from itertools import combinations

import numpy as np
import pytest

from benchmarks.layouts import metrics

N = 40


@pytest.fixture
def drawing() -> tuple[np.ndarray, np.ndarray]:
    """Two components and an isolated node, and a random drawing."""
    rng = np.random.default_rng(5)
    path = np.column_stack((np.arange(24), np.arange(1, 25)))
    ring = 25 + np.column_stack((np.arange(14), (np.arange(14) + 1) % 14))
    chords = rng.integers(0, 25, (12, 2))
    every = np.sort(np.concatenate((path, ring, chords)), axis=1)
    edges = np.unique(every[every[:, 0] != every[:, 1]], axis=0).astype(np.int32)
    return edges, rng.normal(size=(N, 2))


def hops(edges: np.ndarray) -> np.ndarray:
    """Distances between all nodes, infinite between components (Floyd and Warshall)."""
    d = np.full((N, N), np.inf)
    np.fill_diagonal(d, 0)
    d[edges[:, 0], edges[:, 1]] = d[edges[:, 1], edges[:, 0]] = 1
    for k in range(N):
        d = np.minimum(d, d[:, k : k + 1] + d[k : k + 1])
    return d


def between(at: np.ndarray) -> np.ndarray:
    return np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))


def test_stress_is_least_over_scales_and_counts_pairs_within_components(drawing) -> None:
    edges, at = drawing
    d, r = hops(edges), between(at)
    within = np.isfinite(d) & (d > 0)
    scales = np.linspace(0.01, 10, 20_000)
    slow = min((((s * r[within] - d[within]) / d[within]) ** 2).mean() for s in scales)

    found = metrics.stress(*metrics.adjacency(N, edges), at)

    assert found == pytest.approx(slow, abs=1e-6)
    assert metrics.stress(*metrics.adjacency(N, edges), 7 * at + 3) == pytest.approx(found)


def test_a_straight_path_has_no_stress_and_a_drawing_on_one_spot_has_all() -> None:
    path = np.column_stack((np.arange(9), np.arange(1, 10))).astype(np.int32)
    line = np.column_stack((np.arange(10.0), np.zeros(10)))
    graph = metrics.adjacency(10, path)

    assert metrics.stress(*graph, line) == pytest.approx(0, abs=1e-12)
    assert metrics.stress(*graph, np.ones((10, 2))) == 1.0


def test_neighbourhoods_are_preserved_by_their_jaccard_index(drawing) -> None:
    edges, at = drawing
    r = between(at)
    np.fill_diagonal(r, np.inf)
    linked = hops(edges) == 1
    slow = []
    for node in range(N):
        graph = set(np.flatnonzero(linked[node]))
        drawn = set(np.argsort(r[node])[: len(graph)])
        if graph:
            slow.append(len(graph & drawn) / len(graph | drawn))

    found = metrics.preserved(*metrics.adjacency(N, edges), metrics.Nearest(at))

    assert found == pytest.approx(np.mean(slow))


def test_auc_compares_edges_with_strangers_of_the_same_component(drawing) -> None:
    edges, at = drawing
    d, r = hops(edges), between(at)
    less, weight = [], []
    for here, there in np.concatenate((edges, edges[:, ::-1])):
        strangers = np.flatnonzero(np.isfinite(d[here]) & (d[here] > 1))
        less += (r[here, there] < r[here, strangers]).tolist()
        # Every node of the component is drawn alike; draws that hit no stranger are dropped.
        weight += [1 / np.isfinite(d[here]).sum()] * len(strangers)

    found = metrics.auc(*metrics.adjacency(N, edges), at)

    assert found == pytest.approx(np.average(less, weights=weight), abs=0.005)


def test_auc_is_one_where_strangers_are_farther_and_a_half_where_all_are_on_one_spot() -> None:
    path = np.column_stack((np.arange(9), np.arange(1, 10))).astype(np.int32)
    graph = metrics.adjacency(10, path)

    assert metrics.auc(*graph, np.column_stack((np.arange(10.0), np.zeros(10)))) == 1
    assert metrics.auc(*graph, np.zeros((10, 2))) == 0.5
    assert metrics.auc(*metrics.adjacency(2, path[:1]), np.zeros((2, 2))) == 0.5


def crosses(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> bool:
    """Whether segments ab and cd share an inner point: the two equations solved."""
    slopes = np.column_stack((b - a, c - d))
    if np.linalg.det(slopes) == 0:
        return False
    share = np.linalg.solve(slopes, c - a)
    return bool((share > 0).all() and (share < 1).all())


def test_crossings_count_every_pair_of_edges_of_a_small_graph(drawing) -> None:
    edges, at = drawing
    pairs = list(combinations(edges.tolist(), 2))
    slow = sum(crosses(*at[[*one, *other]]) for one, other in pairs if not set(one) & set(other))

    assert slow > 100
    assert metrics.crossings(edges, at) == pytest.approx(10_000 * slow / len(pairs))


def test_crossings_are_sampled_where_pairs_are_many(monkeypatch, drawing) -> None:
    edges, at = drawing
    exact = metrics.crossings(edges, at)
    monkeypatch.setattr(metrics, "EDGE_PAIRS", 1000)

    assert metrics.crossings(np.tile(edges, (30, 1)), at) == pytest.approx(exact, rel=0.15)


def test_edge_lengths_vary_by_their_deviation_over_their_mean(drawing) -> None:
    edges, at = drawing
    long = np.array([np.linalg.norm(at[a] - at[b]) for a, b in edges])

    assert metrics.edge_cv(edges, at) == pytest.approx(long.std() / long.mean())


def test_nodes_on_a_lattice_do_not_collide_and_twins_do() -> None:
    lattice = np.stack(np.meshgrid(np.arange(20.0), np.arange(20.0)), axis=-1).reshape(-1, 2)
    twins = lattice.copy()
    twins[:40:2] = twins[1:40:2] + 0.01

    assert metrics.collisions(metrics.Nearest(lattice)) == 0
    assert metrics.collisions(metrics.Nearest(twins)) == 0.1


def test_nodes_that_share_a_spot_do_not_count_themselves_near() -> None:
    rows = np.arange(60)

    near = metrics.Nearest(np.zeros((60, 2))).nodes(rows, 5)

    assert near.shape == (60, 5)
    assert (near != rows[:, None]).all()
    assert all(len(set(row)) == 5 for row in near.tolist())


def test_purity_asks_the_ten_nearest_of_labelled_nodes(drawing) -> None:
    _, at = drawing
    labels = np.random.default_rng(1).integers(-1, 3, N).astype(np.int32)
    r = between(at)
    np.fill_diagonal(r, np.inf)
    slow = [
        (labels[np.argsort(r[node])[:10]] == labels[node]).mean()
        for node in range(N)
        if labels[node] >= 0
    ]

    assert metrics.purity(labels, metrics.Nearest(at)) == pytest.approx(np.mean(slow))


def test_a_drawing_that_is_none_is_refused() -> None:
    edges = np.array([[0, 1]], np.int32)

    with pytest.raises(ValueError, match="2 finite points"):
        metrics.judge(2, edges, np.array([[0, 0], [np.nan, 1]]), None)
    with pytest.raises(ValueError, match="2 finite points"):
        metrics.judge(2, edges, np.zeros((3, 2)), None)
