"""Components: found, measured, evened out and packed, against plain words for each."""

import networkx as nx
import numpy as np
import pytest

from graphkeep.compute import force_layout
from graphkeep.compute.connected_components import components, order_components
from graphkeep.compute.force.simplify import simplify
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.packing.component_shapes import cells_of, shapes_of
from graphkeep.compute.packing.normalize_scale import (
    SOURCES,
    measure_components,
    normalize_scale,
    step_length,
)
from graphkeep.compute.packing.spiral_packing import PADDING, pack_circles, pack_components
from tests.compute.reference.graphs import (
    complete,
    cycle,
    dense,
    distances,
    grid,
    hops,
    path,
    random_edges,
)


@pytest.mark.parametrize(("n", "m"), [(200, 0), (200, 90), (200, 180), (50, 300), (1, 0)])
def test_components_are_counted_in_the_order_of_first_sight(n: int, m: int) -> None:
    edges = random_edges(n, m, 1)
    graph = nx.Graph(edges.tolist())
    graph.add_nodes_from(range(n))
    expected = np.empty(n, int)
    found = sorted(nx.connected_components(graph), key=min)
    for label, nodes in enumerate(found):
        expected[list(nodes)] = label

    np.testing.assert_array_equal(components(n, edges), expected)


def test_components_stand_by_falling_size_and_nodes_in_their_order() -> None:
    label = np.array([0, 1, 2, 1, 3, 1, 2, 4], np.int32)
    parts = order_components(label)

    assert parts.order.tolist() == [1, 3, 5, 2, 6, 0, 4, 7]
    assert parts.starts.tolist() == [0, 3, 5, 6, 7, 8]
    assert parts.rank[parts.order].tolist() == list(range(8))
    assert len(parts) == 5


def two_parts() -> tuple[np.ndarray, np.ndarray, CsrGraph]:
    edges = np.concatenate((grid(6), 36 + cycle(9), 45 + path(2)))
    rows = simplify(48, edges)
    placed = np.random.default_rng(2).normal(size=(48, 2)).astype(np.float32)
    return placed, np.array([0, 36, 45, 47, 48]), rows


def plain_step(placed: np.ndarray, way: np.ndarray) -> float:
    """The scale of least stress of distances from some nodes, each far from the one before."""
    root, ratios = 0, np.empty(0)
    apart = distances(placed)
    for _ in range(min(SOURCES, len(placed))):
        others = np.arange(len(placed)) != root
        ratios = np.concatenate((ratios, apart[root, others] / way[root, others]))
        root = last_reached(way, root)
    return float((ratios**2).sum() / ratios.sum()) if ratios.sum() else 0.0


def last_reached(way: np.ndarray, root: int) -> int:
    """The last node of a breadth-first search whose rows stand in the order of the grid's edges."""
    rows = simplify(36, grid(6))
    order = [root]
    for i in order:
        order += [
            j for j in rows.indices[rows.indptr[i] : rows.indptr[i + 1]].tolist() if j not in order
        ]
    assert way[root, order[-1]] == way[root].max()
    return order[-1]


def test_a_step_is_the_length_that_fits_distances_best() -> None:
    placed, _, rows = two_parts()
    expected = plain_step(placed[:36], hops(rows)[:36, :36])

    assert step_length(0, 36, placed, rows.indptr, rows.indices) == pytest.approx(
        expected, rel=1e-5
    )
    assert step_length(47, 1, placed, rows.indptr, rows.indices) == 0


def test_sizes_are_mean_spread_and_step() -> None:
    placed, starts, rows = two_parts()
    middle, step, spacing = measure_components(placed, starts, rows.indptr, rows.indices)
    for c in range(4):
        own = placed[starts[c] : starts[c + 1]].astype(np.float64)
        extent = own.std(axis=0)
        np.testing.assert_allclose(middle[c], own.mean(axis=0), atol=1e-6)
        expected = 3.5 * np.sqrt(extent[0] * extent[1] / len(own))
        assert spacing[c] == pytest.approx(expected, abs=1e-6)
    assert step[2] == pytest.approx(np.hypot(*(placed[45] - placed[46])))
    assert step[3] == 0


def test_components_are_centred_and_their_steps_are_alike() -> None:
    side = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), axis=-1).reshape(-1, 2)
    ring = np.column_stack(
        (np.cos(np.arange(9) * 2 * np.pi / 9), np.sin(np.arange(9) * 2 * np.pi / 9))
    )
    placed = np.concatenate((5 * side, 40 + 0.1 * ring, [[7, 7], [9, 7], [3, 3]])).astype(
        np.float32
    )
    _, starts, rows = two_parts()
    even = normalize_scale(placed, starts, rows.indptr, rows.indices)
    edge = [
        np.hypot(*(even[i] - even[j]))
        for i, j in np.argwhere(np.triu(dense(rows)))
        if (i, j) in {(0, 1), (36, 37), (45, 46)}
    ]

    for c in range(4):
        np.testing.assert_allclose(even[starts[c] : starts[c + 1]].mean(axis=0), 0, atol=1e-5)
    assert edge[0] == pytest.approx(1, rel=0.05)
    assert 0.5 < edge[1] <= 1.4
    assert edge[2] == pytest.approx(1, rel=0.4)
    # Only scaled, in no direction more than in another.
    np.testing.assert_allclose(even[:36] / (side - 2.5), edge[0], rtol=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_circles_do_not_lie_over_one_another(seed: int) -> None:
    rng = np.random.default_rng(seed)
    radii = np.sort(rng.pareto(1.5, 300) + 0.85)[::-1] if seed else np.full(300, 0.85)
    rng.shuffle(radii)
    apart = distances(pack_circles(radii))
    between = apart - radii[:, None] - radii[None]
    np.fill_diagonal(between, np.inf)

    # What a board of cells cannot tell is less than the padding that the radii have in them.
    assert between.min() > -PADDING / 2
    assert np.hypot(*pack_circles(radii)[radii.argmax()]) == 0


def test_circles_are_packed_into_about_a_disc() -> None:
    radii = np.full(400, 1.0)
    centres = pack_circles(radii)
    far = np.hypot(*centres.T).max() + 1

    assert 400 / far**2 > 0.4


def test_a_giant_among_a_crowd_keeps_its_circle() -> None:
    radii = np.concatenate(([400.0], np.full(3000, 0.85)))
    centres = pack_circles(radii)
    apart = np.hypot(*(centres[1:] - centres[0]).T)

    assert apart.min() > 400 - PADDING / 2
    assert len(np.unique(centres, axis=0)) == 3001


def test_whole_components_are_moved_to_their_circles() -> None:
    rng = np.random.default_rng(3)
    starts = np.array([0, 30, 50, 60, 61, 62])
    placed = np.concatenate(
        [
            rng.normal(size=(30, 2)),
            rng.normal(size=(20, 2)),
            rng.normal(size=(10, 2)),
            np.zeros((2, 2)),
        ]
    ).astype(np.float32)
    rows = simplify(62, np.concatenate([path(30), 30 + path(20), 50 + path(10)]))
    moved = pack_components(placed, starts, rows.indptr, rows.indices)
    owner = np.repeat(np.arange(5), np.diff(starts))
    apart = distances(moved)[owner[:, None] != owner[None]]

    for c in range(5):
        shift = (moved - placed)[owner == c]
        np.testing.assert_allclose(shift, np.broadcast_to(shift[0], shift.shape), atol=1e-5)
    assert apart.min() > PADDING / 2


def test_small_components_are_no_sparser_than_a_large_one_full_of_hubs() -> None:
    rng = np.random.default_rng(8)
    hubs, n = 40, 4000
    leaves = np.column_stack((rng.integers(0, hubs, n - hubs), np.arange(hubs, n)))
    ring = np.column_stack((np.arange(hubs), np.roll(np.arange(hubs), 1)))
    pairs = n + np.arange(60).reshape(30, 2)
    edges = np.concatenate((leaves, ring, pairs))
    placed = force_layout(n + 60, edges)
    far = np.hypot(*placed.T)

    assert far[n:].max() < 1.25 * far[:n].max()
    assert np.hypot(*(placed[pairs[:, 0]] - placed[pairs[:, 1]]).T).max() <= 1.01


def strips(count: int, n: int) -> tuple[np.ndarray, np.ndarray, CsrGraph]:
    """Paths, each drawn as a wave about its own middle."""
    along = np.arange(n) - (n - 1) / 2
    wave = np.column_stack((along, 5 * np.sin(along / 6))).astype(np.float32)
    edges = np.concatenate([n * c + path(n) for c in range(count)])
    return np.tile(wave, (count, 1)), n * np.arange(count + 1), simplify(n * count, edges)


def test_strips_lie_side_by_side_and_not_each_in_a_circle_of_its_own() -> None:
    placed, starts, rows = strips(12, 80)
    moved = pack_components(placed, starts, rows.indptr, rows.indices)
    owner = np.repeat(np.arange(12), 80)
    apart = distances(moved)[owner[:, None] != owner[None]]

    assert apart.min() > PADDING / 2
    # Twelve circles of radius 40 would need a circle of at least 140.
    assert np.hypot(*moved.T).max() < 90


def test_what_covers_the_board_is_nodes_and_edges() -> None:
    placed = np.array([[-4, 0], [4, 0], [4, 3]] + [[4, 3 + k] for k in range(1, 7)], np.float32)
    rows = simplify(9, path(9))
    shapes = shapes_of(placed, np.array([0, 9]), rows.indptr, rows.indices)
    cells = {tuple(cell) for cell in cells_of(shapes.points, 1.0, 1).tolist()}

    across = {(x, y) for x in range(-4, 5) for y in (-1, 0, 1)} | {(-5, 0), (5, 0)}
    up = {(x, y) for x in (3, 4, 5) for y in range(10)} | {(4, -1), (4, 10)}
    assert cells == across | up


def test_few_nodes_and_crowds_of_edges_are_packed_as_discs() -> None:
    seven, nine = simplify(7, path(7)), simplify(9, complete(9))
    for n, rows in ((7, seven), (9, nine)):
        placed = np.random.default_rng(1).normal(size=(n, 2)).astype(np.float32)

        assert len(shapes_of(placed, np.array([0, n]), rows.indptr, rows.indices).points) == 0
