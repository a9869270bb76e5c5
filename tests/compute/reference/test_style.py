"""What the choice of a law looks at."""

import numpy as np
import pytest
from numba import njit

from graphkeep.compute.force.coarsen import Level
from graphkeep.compute.force.model_selection import (
    SAMPLE,
    choose_model,
    initial_model,
    is_regular,
    shorter_than_chance,
)
from graphkeep.compute.force.simplify import simplify
from graphkeep.compute.force.step import LINEAR, LINLOG, SQUARE
from graphkeep.compute.kernels.csr import CsrGraph
from graphkeep.compute.kernels.noise import noise
from tests.compute.reference.graphs import (
    complete,
    cycle,
    grid,
    path,
    random_edges,
    random_rows,
    star,
)


@njit
def noises(first, last, seed):
    return [noise(i, seed) for i in range(first, last)]


def mixed(i: int, seed: int) -> tuple[float, float]:
    """The same in whole numbers of Python, cut to 64 bits by hand."""
    whole = 2**64
    h = ((i + 1) * 0x9E3779B97F4A7C15 + seed * 0xBF58476D1CE4E5B9) % whole
    h ^= h >> 31
    h = h * 0x94D049BB133111EB % whole
    h ^= h >> 29
    return (h & 0xFFFFFF) / 2**24, ((h >> 24) & 0xFFFFFF) / 2**24


@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_noise_is_the_same_in_plain_numbers(seed: int) -> None:
    assert noises(0, 500, seed) == [mixed(i, seed) for i in range(500)]


def test_noise_fills_the_square_evenly() -> None:
    cells = np.floor(4 * np.array(noises(0, 16000, 3))).astype(int)
    counts = np.bincount(4 * cells[:, 0] + cells[:, 1], minlength=16)

    assert (np.abs(counts - 1000) < 150).all()


def plain_shorter(rows: CsrGraph, pos: np.ndarray, seed: int) -> float:
    """Edges at even stretches along their strengths; the n-th against the ends of two that multiples pick."""
    at = np.repeat(np.arange(rows.n), np.diff(rows.indptr))
    total = np.cumsum(rows.weights.astype(np.float64))
    due = (mixed(0, seed)[0] + np.arange(SAMPLE)) * total[-1] / SAMPLE
    picked = np.minimum(np.searchsorted(total, due, side="right"), len(total) - 1)
    first, second = (1 + int(share * (SAMPLE - 1)) for share in mixed(1, seed))
    turn = np.arange(1, SAMPLE + 1)
    one, other = picked[turn * first % SAMPLE], picked[(SAMPLE // 2 + turn * second) % SAMPLE]
    edge = np.hypot(*(pos[at[picked]] - pos[rows.indices[picked]]).T)
    return float((edge < np.hypot(*(pos[at[one]] - pos[rows.indices[other]]).T)).mean())


@pytest.mark.parametrize("seed", [0, 4])
def test_edges_are_compared_with_pairs_of_ends_as_in_plain_numbers(seed: int) -> None:
    rows = random_rows(80, 300, 1)
    pos = np.random.default_rng(seed).normal(size=(80, 2)).astype(np.float32)

    assert shorter_than_chance(*rows, pos, seed) == pytest.approx(
        plain_shorter(rows, pos, seed), abs=0.002
    )


def test_pairs_are_a_fair_sample() -> None:
    rows = random_rows(80, 300, 1)
    pos = np.random.default_rng(7).normal(size=(80, 2)).astype(np.float32)
    at = np.repeat(np.arange(rows.n), np.diff(rows.indptr))
    lengths = np.hypot(*(pos[at] - pos[rows.indices]).T)
    apart = np.hypot(*(pos[at][:, None] - pos[rows.indices][None]).transpose(2, 0, 1))
    weights = rows.weights / rows.weights.sum()
    expected = float(
        weights @ (lengths[:, None, None] < apart[None]).astype(float) @ weights @ weights
    )
    got = [shorter_than_chance(*rows, pos, seed) for seed in range(20)]

    assert np.mean(got) == pytest.approx(expected, abs=0.01)
    assert np.std(got) < 0.02


def test_random_places_tell_nothing_and_a_flat_grid_all() -> None:
    rows = simplify(900, grid(30))
    rng = np.random.default_rng(5)
    flat = np.stack(np.meshgrid(np.arange(30.0), np.arange(30.0)), axis=-1).reshape(-1, 2)

    assert shorter_than_chance(
        *rows, rng.normal(size=(900, 2)).astype(np.float32), 1
    ) == pytest.approx(0.5, abs=0.05)
    assert shorter_than_chance(*rows, flat.astype(np.float32), 1) > 0.98


def test_the_first_law_goes_by_degrees_alone() -> None:
    assert initial_model(simplify(100, path(100))) == LINLOG
    assert initial_model(simplify(900, grid(30))) == LINEAR
    assert initial_model(simplify(1600, grid(40))) == SQUARE
    hub = np.concatenate((random_edges(2000, 9000, 1), star(2000)))
    assert initial_model(simplify(2000, hub)) == LINEAR
    assert is_regular(simplify(9, cycle(9)))
    assert is_regular(simplify(9, complete(9)))
    assert not is_regular(simplify(20, star(20)))


def level_of(rows: CsrGraph) -> Level:
    return Level(rows=rows, size=np.ones(rows.n, np.int32), mass=np.ones(rows.n, np.float32))


def test_what_is_seen_in_a_layout_decides_the_law() -> None:
    rows = simplify(1600, grid(40))
    mesh = level_of(rows)
    whole = float(rows.weights.sum())
    flat = np.stack(np.meshgrid(np.arange(40.0), np.arange(40.0)), axis=-1).reshape(-1, 2)
    flat = flat.astype(np.float32)
    rng = np.random.default_rng(6)
    blurred = (flat + 3 * rng.normal(size=flat.shape)).astype(np.float32)
    thrown = rng.normal(size=flat.shape).astype(np.float32)

    assert choose_model(mesh, whole, flat, mesh, 1) == SQUARE
    assert choose_model(mesh, whole, blurred, mesh, 1) == LINLOG
    assert choose_model(mesh, whole, thrown, mesh, 1) == LINEAR
    few = level_of(simplify(90, path(90)))
    assert choose_model(few, 178.0, thrown[:90], mesh, 1) == initial_model(rows)
