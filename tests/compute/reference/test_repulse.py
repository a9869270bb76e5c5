"""Repulsion against the double sum over all pairs."""

import numpy as np
import pytest
from numba import njit

from graphkeep.compute.force.repulse import refresh, repulse, repulse_directly
from graphkeep.compute.force.tree import (
    Field,
    field_of,
    gather,
    grow_branches,
    grow_leaves,
    sort_along_curve,
)
from graphkeep.compute.kernels.jit import FAST, LEAF, NEAR_CAP
from graphkeep.compute.kernels.lanes import push


def double_sum(
    at: np.ndarray, sources: np.ndarray, mass: np.ndarray, eps: object, gam: object
) -> np.ndarray:
    """float64 (n, 2): m q (1 + gam q) d with q = 1 / (d^2 + eps), summed; eps and gam are one or (n,)."""
    eps, gam = (np.broadcast_to(np.asarray(one, np.float64), len(at)) for one in (eps, gam))
    forces = np.empty((len(at), 2))
    for i, point in enumerate(at.astype(np.float64)):
        d = point - sources.astype(np.float64)
        q = 1 / ((d * d).sum(axis=1) + eps[i])
        forces[i] = (mass * q * (1 + gam[i] * q)) @ d
    return forces


@njit(**{**FAST, "cache": False})
def pushed(px, py, at, sx, sy, sm, begin, end, eps, gam, fx, fy):
    push(px, py, at, sx, sy, sm, begin, end, eps, gam, fx, fy)


@pytest.mark.parametrize(("begin", "end"), [(0, 50), (7, 8), (33, 50), (9, 9), (9, 3)])
def test_sixteen_points_are_pushed_by_a_stretch_of_sources(begin: int, end: int) -> None:
    rng = np.random.default_rng(0)
    px, py, sx, sy, sm = (rng.random(50).astype(np.float32) for _ in range(5))
    fx, fy = np.full(LEAF, 2, np.float32), np.full(LEAF, -3, np.float32)
    pushed(px, py, 32, sx, sy, sm, begin, end, np.float32(0.01), np.float32(0.2), fx, fy)
    points = np.column_stack((px, py))[32:48]
    some = slice(begin, max(begin, end))
    sources = np.column_stack((sx, sy))[some]

    expected = double_sum(points, sources, sm[some].astype(np.float64), 0.01, 0.2)
    expected += np.array([2, -3])
    np.testing.assert_allclose(np.column_stack((fx, fy)), expected, rtol=1e-4, atol=1e-3)


def test_a_point_does_not_push_itself() -> None:
    x, m = np.zeros(LEAF, np.float32), np.ones(LEAF, np.float32)
    fx, fy = np.zeros(LEAF, np.float32), np.zeros(LEAF, np.float32)
    pushed(x, x, 0, x, x, m, 0, LEAF, np.float32(0.01), np.float32(0.2), fx, fy)

    assert not fx.any()
    assert not fy.any()


def points(kind: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    pos = {
        "uniform": lambda: rng.uniform(-1, 1, (n, 2)),
        "clustered": lambda: (
            rng.normal(0, 10, (n // 100, 2))[rng.integers(0, n // 100, n)]
            + rng.normal(0, 1, (n, 2))
        ),
        "line": lambda: np.column_stack((rng.uniform(-1, 1, n), np.zeros(n))),
        "heavy tailed": lambda: rng.standard_cauchy((n, 2)),
    }[kind]()
    return pos.astype(np.float32), rng.uniform(1, 9, n).astype(np.float32)


def grown(pos: np.ndarray, mass: np.ndarray) -> Field:
    field = field_of(len(pos), with_tree=True)
    sort_along_curve(pos, field)
    gather(pos, mass, field.perm, field.sx, field.sy, field.sm)
    grow_leaves(field.sx, field.sy, field.sm, field.tree, field.spread, np.float32(0.01))
    grow_branches(field)
    return field


@pytest.mark.parametrize("n", [1, 5, 16, 300])
def test_direct_repulsion_is_the_double_sum(n: int) -> None:
    pos, mass = points("uniform", n)
    field = field_of(n, with_tree=False)
    force, local = np.empty((n, 2), np.float32), np.empty(n, np.float32)
    spacing = np.float32(0.1)
    softening, short_range = np.float32(0.05), np.float32(0.5)
    repulse_directly(pos, mass, field, spacing, softening, short_range, force, local)
    expected = double_sum(pos, pos, mass, (0.05 * 0.1) ** 2, (0.5 * 0.1) ** 2)

    np.testing.assert_allclose(
        force, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max() + 1e-9
    )
    np.testing.assert_array_equal(local, np.full(n, spacing))


def far_and_near(pos: np.ndarray, mass: np.ndarray, theta: float, chunks: int) -> np.ndarray:
    field = grown(pos, mass)
    refresh(field, np.float32(theta), chunks)
    force, local = np.empty_like(pos), np.empty(len(pos), np.float32)
    repulse(field, np.float32(0.05), np.float32(0.5), force, local, chunks)
    assert field.near_count.max() <= NEAR_CAP
    np.testing.assert_array_equal(local[field.perm], np.repeat(field.spread, LEAF)[: len(pos)])
    return force


def error(pos: np.ndarray, mass: np.ndarray, theta: float, chunks: int = 4) -> float:
    """Root mean square of the error by that of the force."""
    spread = np.empty(len(pos))
    field = grown(pos, mass)
    spread[field.perm] = np.repeat(field.spread, LEAF)[: len(pos)]
    exact = double_sum(pos, pos, mass, (0.05 * spread) ** 2, (0.5 * spread) ** 2)
    wrong = far_and_near(pos, mass, theta, chunks) - exact
    return float(np.sqrt((wrong**2).sum() / (exact**2).sum()))


@pytest.mark.parametrize("kind", ["uniform", "clustered", "line", "heavy tailed"])
@pytest.mark.parametrize(("theta", "allowed"), [(1.2, 0.03), (0.7, 0.015)])
def test_repulsion_by_the_tree_is_near_the_double_sum(
    kind: str, theta: float, allowed: float
) -> None:
    pos, mass = points(kind, 4000)

    assert error(pos, mass, theta) < allowed


def test_repulsion_is_the_same_in_any_number_of_chunks() -> None:
    pos, mass = points("clustered", 2000)

    one = far_and_near(pos, mass, 1.2, 1)
    np.testing.assert_array_equal(one, far_and_near(pos, mass, 1.2, 7))
    assert np.isfinite(one).all()


def test_points_on_one_another_are_pushed_by_finite_forces() -> None:
    pos = np.repeat(points("uniform", 50)[0], 20, axis=0)
    force = far_and_near(pos, np.ones(1000, np.float32), 1.2, 4)

    assert np.isfinite(force).all()
