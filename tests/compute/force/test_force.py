"""Layouts are good by number: stress of a mesh, purity of communities, and the same for the same seed."""

import numpy as np
import pytest

from graphkeep.compute.force.layout import ForceOptions, force_layout
from graphkeep.compute.metrics.communities import communities
from graphkeep.compute.packing.spiral_packing import pack_circles


def grid(side: int) -> np.ndarray:
    at = np.arange(side * side).reshape(side, side)
    across = np.column_stack((at[:, :-1].ravel(), at[:, 1:].ravel()))
    down = np.column_stack((at[:-1].ravel(), at[1:].ravel()))
    return np.concatenate((across, down))


def planted(groups: int, size: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = groups * size
    own = np.repeat(np.arange(groups), size)
    source = rng.integers(0, n, 8 * n)
    inside = rng.random(len(source)) < 0.85
    near = own[source] * size + rng.integers(0, size, len(source))
    destination = np.where(inside, near, rng.integers(0, n, len(source)))
    return np.column_stack((source, destination)), own


def test_a_mesh_unfolds() -> None:
    side = 30
    placed = force_layout(side * side, grid(side), seed=3)
    at = np.arange(side * side)
    ideal = np.column_stack((at % side, at // side))
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, side * side, (2, 4000))
    wanted = np.abs(ideal[a] - ideal[b]).sum(axis=1).astype(float)
    got = np.hypot(*(placed[a] - placed[b]).T)
    far = wanted > 0
    wanted, got = wanted[far], got[far]
    scale = (got / wanted).sum() / ((got / wanted) ** 2).sum()
    stress = float((((scale * got - wanted) / wanted) ** 2).mean())

    assert stress < 0.06


def test_neighbours_in_the_picture_are_of_the_same_group() -> None:
    edges, own = planted(20, 50)
    placed = force_layout(1000, edges, seed=1)
    apart = np.hypot(*(placed[:, None] - placed[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :5]

    assert (own[nearest] == own[:, None]).mean() > 0.9


def test_the_same_seed_gives_the_same_bits_on_any_threads() -> None:
    edges, _ = planted(20, 400)

    one = force_layout(8000, edges, seed=5, threads=1)
    two = force_layout(8000, edges, seed=5, threads=2)
    assert np.array_equal(one, force_layout(8000, edges, seed=5, threads=1))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, force_layout(8000, edges, seed=6, threads=1))


def test_components_do_not_lie_over_one_another() -> None:
    parts = [np.array([[0, 1]]), grid(10), grid(20)]
    edges, n = [], 0
    owner = []
    for k, part in enumerate(parts):
        edges.append(part + n)
        size = int(part.max()) + 1
        owner += [k] * size
        n += size
    placed = force_layout(n + 5, np.concatenate(edges), seed=1)
    owner += [3, 4, 5, 6, 7]
    apart = np.hypot(*(placed[:, None] - placed[None]).transpose(2, 0, 1))
    different = np.array(owner)[:, None] != np.array(owner)[None]

    assert np.isfinite(placed).all()
    assert apart[different].min() > 0.5


def test_edgeless_empty_and_tiny_graphs_are_placed() -> None:
    none = np.empty((0, 2), np.int64)

    assert force_layout(0, none).shape == (0, 2)
    assert np.isfinite(force_layout(1, none)).all()
    assert len(np.unique(force_layout(50, none), axis=0)) == 50
    assert np.isfinite(force_layout(2, np.array([[0, 1], [1, 1], [0, 1]]))).all()


def test_a_run_from_given_positions_keeps_what_is_held() -> None:
    edges = grid(8)
    start = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    fixed = np.zeros(64, bool)
    fixed[:5] = True

    moved = force_layout(64, edges, positions=start, fixed=fixed)
    radial = force_layout(64, edges, positions=start, options=ForceOptions(locked_r=True))

    np.testing.assert_allclose(moved[:5], start[:5], atol=1e-3)
    assert np.abs(moved[5:] - start[5:]).max() > 0.05
    np.testing.assert_allclose(np.hypot(*radial.T), np.hypot(*start.T), rtol=1e-3)


def test_frames_come_and_a_cancelled_run_still_places_all() -> None:
    edges, _ = planted(50, 400)
    seen: list[float] = []

    placed = force_layout(
        20000, edges, on_frame=lambda _, share: seen.append(share), cancel=lambda: len(seen) > 0
    )
    assert len(seen) <= 2  # the end may be shown beside the one that led to it
    assert seen[0] < 0.5
    assert np.isfinite(placed).all()
    assert len(np.unique(placed, axis=0)) == 20000


def test_a_budget_cuts_the_work_and_leaves_every_node_a_place() -> None:
    edges, _ = planted(50, 400)
    placed = force_layout(20000, edges, budget_s=0.001)

    assert np.isfinite(placed).all()
    assert len(np.unique(placed, axis=0)) == 20000


def test_an_edge_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="not there"):
        force_layout(2, np.array([[0, 5]]))


def test_planted_communities_are_found_largest_first() -> None:
    edges, own = planted(10, 60)
    found = communities(600, edges)
    pairs = {(int(a), int(b)) for a, b in zip(found, own, strict=True)}

    assert len(pairs) == 10
    assert np.array_equal(np.sort(np.bincount(found))[::-1], np.bincount(found))


def test_circles_are_packed_apart() -> None:
    radii = np.array([10.0, 3.0, 3.0, 1.0, 1.0, 0.5])
    centres = pack_circles(radii)
    apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1))
    needed = radii[:, None] + radii[None]
    np.fill_diagonal(apart, np.inf)

    assert (apart > needed * 0.93).all()


def test_without_edges_every_node_is_a_community_of_its_own() -> None:
    assert communities(3, np.empty((0, 2), np.int32)).tolist() == [0, 1, 2]
    assert communities(2, np.array([[1, 1]], np.int32)).tolist() == [0, 1]


def test_nodes_without_edges_laid_out_together_take_little_room() -> None:
    n = 60_000
    edges = np.column_stack((np.arange(999), np.arange(1, 1000)))

    placed = force_layout(n, edges, components="together", quality="fast")
    assert np.isfinite(placed).all()
    assert len(np.unique(placed.round(3), axis=0)) > 0.99 * n
