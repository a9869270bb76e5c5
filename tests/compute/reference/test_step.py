"""Forces of edges, one step and the way down from a coarse level, against plain loops."""

import math
from itertools import pairwise

import numpy as np
import pytest

from graphkeep.compute.force.engine import finest_level
from graphkeep.compute.force.refine import CpuRefiner, State, balanced_chunks, spacing
from graphkeep.compute.force.schedule import ForceParams
from graphkeep.compute.force.simplify import simplify
from graphkeep.compute.force.step import (
    LINEAR,
    LINLOG,
    SQUARE,
    AttractionParams,
    attract,
    balance_of,
    move,
    prolong,
)
from tests.compute.reference.graphs import dense, grid, path, random_rows

MODELS = [LINEAR, LINLOG, SQUARE]


def strength_of(attraction_model: int, distance: float, spacing: float) -> float:
    """Pull per distance, of an edge of strength 1."""
    if attraction_model == LINEAR:
        return 1.0
    return (
        distance / spacing
        if attraction_model == SQUARE
        else 1 / math.sqrt(1 + (distance / spacing) ** 2)
    )


def pulls(
    matrix: np.ndarray, pos: np.ndarray, attraction_model: int, spacing: float
) -> tuple[np.ndarray, np.ndarray]:
    """(forces float64 (n, 2), strengths (n,)) of all edges."""
    force, drag = np.zeros((len(pos), 2)), np.zeros(len(pos))
    for i, j in np.argwhere(matrix):
        d = pos[j].astype(np.float64) - pos[i]
        one = matrix[i, j] * strength_of(attraction_model, math.hypot(*d), spacing)
        force[i] += one * d
        drag[i] += one
    return force, drag


@pytest.mark.parametrize("attraction_model", MODELS)
@pytest.mark.parametrize(("gravity", "spring_limit"), [(0.0, 1.0), (0.3, 1.0), (0.0, 3.0)])
@pytest.mark.parametrize("chunks", [1, 5])
def test_attraction_is_a_loop_over_edges(
    attraction_model: int, gravity: float, spring_limit: float, chunks: int
) -> None:
    rng = np.random.default_rng(attraction_model)
    rows = random_rows(60, 200, 1)
    pos, pushed = (rng.normal(size=(60, 2)).astype(np.float32) for _ in range(2))
    mass = rng.uniform(1, 5, 60).astype(np.float32)
    force, drag = pushed.copy(), np.empty(60, np.float32)
    pull = AttractionParams(attraction_model, 1.7, gravity, spring_limit)
    attract(rows, mass, pos, force, drag, pull, np.float32(0.4), balanced_chunks(rows, chunks))

    pulled, strength = pulls(dense(rows), pos, attraction_model, 0.4 * spring_limit)
    held = gravity * mass
    expected = pulled + 1.7 * mass[:, None] * pushed - held[:, None] * pos
    np.testing.assert_allclose(force, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(drag, strength + held, rtol=1e-5)


def test_nodes_are_parted_evenly_by_their_work() -> None:
    rows = random_rows(300, 3000, 2)
    cuts = balanced_chunks(rows, 6)
    work = [float(np.diff(rows.indptr)[a:b].sum() + 4 * (b - a)) for a, b in pairwise(cuts)]

    assert (cuts[0], cuts[-1]) == (0, 300)
    assert work == pytest.approx([sum(work) / 6] * 6, rel=0.15)
    assert balanced_chunks(simplify(2, path(2)), 64).tolist()[-1] == 2


@pytest.mark.parametrize("chunks", [1, 4])
@pytest.mark.parametrize("momentum", [0.0, 0.6])
def test_a_step_is_force_over_strength_with_momentum_up_to_the_longest(
    chunks: int, momentum: float
) -> None:
    rng = np.random.default_rng(3)
    n = 50
    pos, before, force = (rng.normal(size=(n, 2)).astype(np.float32) for _ in range(3))
    drag, local = (rng.uniform(0.1, 5, n).astype(np.float32) for _ in range(2))
    velocity, following, stat = before.copy(), np.empty_like(pos), np.empty(chunks)
    state = State(pos, following, velocity, force, drag, local)
    move(
        pos, following, state,
        np.float32(0.7), np.float32(momentum), np.float32(0.5), np.float32(0.3), chunks, stat,
    )  # fmt: skip

    step = 0.7 * force.astype(np.float64) / drag[:, None] + momentum * before
    length = np.hypot(*step.T)
    longest = 0.5 * np.maximum(local, 0.3)
    step *= np.minimum(1, longest / length)[:, None]
    assert 0 < (length > longest).sum() < n
    np.testing.assert_allclose(velocity, step, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(following, pos + step, rtol=1e-4, atol=1e-6)
    assert stat.sum() == pytest.approx(np.minimum(1, length / longest).sum(), rel=1e-5)


@pytest.mark.parametrize("attraction_model", MODELS)
@pytest.mark.parametrize(("repulsion", "gravity"), [(1.0, 0.0), (9.0, 0.0), (2.0, 0.7)])
def test_positions_are_scaled_so_that_forces_do_no_work(
    attraction_model: int, repulsion: float, gravity: float
) -> None:
    rng = np.random.default_rng(4)
    rows = random_rows(50, 150, 5)
    pos = rng.normal(size=(50, 2)).astype(np.float32)
    mass = rng.uniform(1, 5, 50).astype(np.float32)
    pull = AttractionParams(attraction_model, repulsion, gravity)
    factor = balance_of(rows, mass, pos, pull, spacing(pos))
    scaled = pos.astype(np.float64) * factor

    pulled, _ = pulls(dense(rows), scaled, attraction_model, spacing(scaled))
    inward = -(pulled * scaled).sum() + gravity * (mass[:, None] * scaled**2).sum()
    # The work of m1 m2 / d over the distance d is m1 m2 for each pair.
    outward = repulsion * np.outer(mass, mass)[np.triu_indices(50, 1)].sum()
    assert inward == pytest.approx(outward, rel=1e-3)


def test_a_layout_without_edges_is_not_scaled_to_infinity() -> None:
    rows = simplify(5, np.empty((0, 2), np.int64))
    mass, pos = np.ones(5, np.float32), np.ones((5, 2), np.float32)

    assert math.isfinite(balance_of(rows, mass, pos, AttractionParams(LINEAR, 1.0, 0.0), 1.0))


def test_spacing_is_that_of_a_square_of_points() -> None:
    side = 30
    pos = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)

    assert spacing(2.5 * pos.astype(np.float32)) == pytest.approx(2.5, rel=0.02)


def test_a_node_begins_between_its_cluster_and_those_of_its_neighbours() -> None:
    rng = np.random.default_rng(6)
    rows = random_rows(90, 400, 6)
    parent = np.sort(rng.integers(0, 30, 90)).astype(np.int32)
    members = np.bincount(parent, minlength=30).astype(np.int32)
    coarse = (10 * rng.normal(size=(30, 2))).astype(np.float32)
    pos = np.empty((90, 2), np.float32)
    radius = np.float32(0.5)
    prolong(rows, parent, coarse, members, 7, radius, pos)

    matrix = dense(rows)
    around = matrix @ coarse[parent] / np.maximum(matrix.sum(axis=1), 1e-9)[:, None]
    shared = (members[parent] > 1) & (matrix.sum(axis=1) > 0)
    start = np.where(shared[:, None], 0.5 * (coarse[parent] + around), coarse[parent])
    off = np.hypot(*(pos - start).T)
    assert 0 < (~shared).sum() < 90
    assert (off[shared] <= 0.5001).all()
    assert off[shared].mean() == pytest.approx(0.5 * 2 / 3, rel=0.15)
    assert (off[~shared] <= 0.05001).all()
    assert len(np.unique(pos, axis=0)) == 90


def test_only_the_first_neighbours_of_a_hub_are_asked() -> None:
    hub = np.column_stack((np.zeros(200, np.int64), np.arange(1, 201)))
    rows = simplify(201, hub)
    parent = np.arange(201, dtype=np.int32) // 2
    coarse = np.zeros((101, 2), np.float32)
    coarse[33:] = 99
    members = np.bincount(parent).astype(np.int32)
    pos = np.empty((201, 2), np.float32)
    prolong(rows, parent, coarse, members, 1, np.float32(0.1), pos)

    assert np.hypot(*pos[0]) < 0.11


@pytest.mark.parametrize("attraction_model", MODELS)
def test_a_small_level_may_go_as_far_as_its_spacing_allows(attraction_model: int) -> None:
    """A picture of any size is moved alike: steps are measured in its spacings."""
    level = finest_level(simplify(100, grid(10)), 0.5)
    level.mass = (400 * level.mass).astype(np.float32)
    pos = np.random.default_rng(8).normal(size=(100, 2)).astype(np.float32)
    relaxation = CpuRefiner(level, pos, ForceParams(threads=1), attraction_model)
    relaxation.rescale()
    between = spacing(pos)
    before = pos.copy()
    relaxation.run_steps(0, 1, 1, 0.5, 0.5)

    longest = np.hypot(*(relaxation.state.pos - before).T).max()
    np.testing.assert_allclose(relaxation.state.local, between, rtol=1e-5)
    assert longest == pytest.approx(0.5 * between, rel=1e-3)
