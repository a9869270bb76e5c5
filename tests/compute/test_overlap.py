"""Discs moved off one another; the kernels against a slow reference that looks at every pair."""

import numba
import numpy as np
import pytest

from graphkeep.compute.spacing.overlap import (
    SLACK,
    enlargement,
    overlaps_left,
    remove_overlaps,
    sweep,
)


def discs(n: int, density: float, seed: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = np.exp(rng.normal(0, spread, n))
    side = np.sqrt((np.pi * sizes**2 / 4).sum() / density)
    return (rng.random((n, 2)) * side).astype(np.float32), sizes


def slow_sweep(at: np.ndarray, radius: np.ndarray) -> tuple[np.ndarray, int]:
    off = at[:, None] - at[None]
    distance = np.hypot(off[..., 0], off[..., 1])
    reach = radius[:, None] + radius[None]
    overlap = (distance < 0.999 * reach) & ~np.eye(len(at), dtype=bool)
    push = np.where(overlap, SLACK * reach - distance, 0.0)
    share = radius[None] ** 2 / (radius[:, None] ** 2 + radius[None] ** 2)
    steps = (off / np.maximum(distance, 1e-300)[..., None]) * (push * share)[..., None]
    step = steps.sum(axis=1)
    length = np.hypot(*step.T)
    most = (push * share).max(axis=1)
    step *= np.minimum(1.0, most / np.maximum(length, 1e-300))[:, None]
    return at + step, int(overlap.sum()) // 2


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.5])
def test_a_sweep_is_what_looking_at_every_pair_gives(spread: float) -> None:
    positions, sizes = discs(400, 0.8, 3, spread)
    at, radius = positions.astype(np.float64), sizes / 2

    moved, count = sweep(at, radius)
    slowly, slow_count = slow_sweep(at, radius)
    assert count == slow_count > 100
    assert np.allclose(moved, slowly, rtol=0, atol=1e-9)


def test_the_enlargement_is_that_of_the_tightest_pair() -> None:
    positions, sizes = discs(300, 0.5, 1, 0.8)
    at = positions.astype(np.float64)
    distance = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    reach = (sizes[:, None] + sizes[None]) / 2
    np.fill_diagonal(distance, np.inf)

    assert enlargement(at, sizes / 2) == pytest.approx((reach / distance).max())


@pytest.mark.parametrize("spread", [0.0, 0.7])
def test_discs_part_and_the_picture_hardly_grows(spread: float) -> None:
    positions, sizes = discs(1000, 0.35, 5, spread)
    parted = remove_overlaps(positions, sizes, sweeps=120)

    assert overlaps_left(positions, sizes) > 400
    assert overlaps_left(parted, sizes) == 0
    assert (np.ptp(parted, axis=0) < np.ptp(positions, axis=0) * 1.05**2).all()
    assert np.hypot(*(parted - positions).T).mean() < sizes.mean()


def test_what_does_not_overlap_does_not_move() -> None:
    positions = np.array([[0, 0], [3, 0], [0, 9]], np.float32)

    assert np.array_equal(remove_overlaps(positions, np.array([2.0, 2.0, 10.0])), positions)
    assert np.array_equal(remove_overlaps(positions, np.zeros(3)), positions)
    assert remove_overlaps(positions[:1], np.ones(1)).tolist() == [[0, 0]]


def test_a_small_overlap_is_parted_by_enlarging_the_whole() -> None:
    positions = np.array([[0, 0], [0.98, 0], [0, 4]], np.float32)
    parted = remove_overlaps(positions, np.ones(3), sweeps=0)

    assert np.hypot(*(parted[1] - parted[0])) == pytest.approx(1, abs=1e-6)
    assert np.hypot(*(parted[2] - parted[0])) == pytest.approx(4 / 0.98, abs=1e-5)


def test_discs_at_one_place_find_their_own() -> None:
    parted = remove_overlaps(np.zeros((30, 2), np.float32), np.ones(30), sweeps=300)

    assert overlaps_left(parted, np.ones(30)) == 0
    assert np.hypot(*parted.T).max() < 6


def test_threads_change_no_bit() -> None:
    positions, sizes = discs(3000, 0.7, 2, 0.7)
    most = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        one = remove_overlaps(positions, sizes, sweeps=10)
    finally:
        numba.set_num_threads(most)

    assert np.array_equal(one, remove_overlaps(positions, sizes, sweeps=10))
