"""The curve, the sort and the tree against their definitions."""

import numpy as np
import pytest

from graphkeep.compute.force.tree import (
    field_of,
    gather,
    grow_branches,
    grow_leaves,
    hilbert_keys,
    radix,
    sort_along_curve,
    tree_shape,
)
from graphkeep.compute.kernels.jit import FAN_OUT, LEAF


def curve(order: int) -> np.ndarray:
    """int64 (4^order, 2): the cells of a board along the curve: four smaller ones, the outer two mirrored."""
    if order == 0:
        return np.zeros((1, 2), np.int64)
    inner, half = curve(order - 1), 1 << (order - 1)
    flipped = inner[:, ::-1]
    return np.concatenate(
        (
            flipped,
            inner + np.array([0, half]),
            inner + half,
            np.array([2 * half - 1, half - 1]) - flipped,
        )
    )


@pytest.mark.parametrize("order", [1, 2, 5])
def test_keys_follow_the_recursive_curve(order: int) -> None:
    cells = curve(order)
    key = np.empty(len(cells), np.uint32)
    middle = ((cells + 0.5) * (65536 >> order)).astype(np.float32)
    hilbert_keys(middle, 0.0, 0.0, np.float32(1), key)

    np.testing.assert_array_equal(key >> np.uint32(2 * (16 - order)), np.arange(len(cells)))


def test_neighbouring_keys_are_neighbouring_cells_of_the_finest_board() -> None:
    corner = np.stack(np.meshgrid(np.arange(64), np.arange(64)), axis=-1).reshape(-1, 2)
    cells = (corner + np.array([40000, 20032])).astype(np.float32)
    key = np.empty(len(cells), np.uint32)
    hilbert_keys(cells, 0.0, 0.0, np.float32(1), key)
    order = np.argsort(key)

    assert np.ptp(key) == len(cells) - 1
    assert (np.abs(np.diff(cells[order], axis=0)).sum(axis=1) == 1).all()


def test_what_lies_outside_the_board_counts_to_its_border() -> None:
    pos = np.array([[-5, -5], [0, 0], [7e5, 3], [65535, 3]], np.float32)
    key = np.empty(4, np.uint32)
    hilbert_keys(pos, 0.0, 0.0, np.float32(1), key)

    assert (key[0], key[2]) == (key[1], key[3])


@pytest.mark.parametrize(("n", "top"), [(1, 9), (1000, 2**32), (5000, 7), (5000, 2**13)])
def test_the_sort_is_a_stable_argsort(n: int, top: int) -> None:
    key = np.random.default_rng(n).integers(0, top, n, dtype=np.uint32)
    perm = np.arange(n, dtype=np.int32)
    radix(key.copy(), perm, np.empty(n, np.uint32), np.empty(n, np.int32))

    np.testing.assert_array_equal(perm, np.argsort(key, kind="stable"))


def test_points_are_sorted_along_the_curve_of_their_own_square() -> None:
    pos = np.random.default_rng(0).normal(7, [3, 1], (700, 2)).astype(np.float32)
    field = field_of(700, with_tree=True)
    sort_along_curve(pos, field)
    low, side = pos.min(axis=0), np.ptp(pos, axis=0).max()
    key = np.empty(700, np.uint32)
    hilbert_keys(pos, low[0], low[1], np.float32(65535 / side), key)

    assert np.array_equal(np.sort(field.perm), np.arange(700))
    assert (np.diff(key[field.perm].astype(np.int64)) >= 0).all()


def test_the_last_leaf_is_filled_up_without_mass() -> None:
    rng = np.random.default_rng(1)
    pos, mass = rng.normal(size=(37, 2)).astype(np.float32), rng.random(37).astype(np.float32)
    perm = rng.permutation(37).astype(np.int32)
    sx, sy, sm = (np.full(48, 99, np.float32) for _ in range(3))
    gather(pos, mass, perm, sx, sy, sm)
    again = np.concatenate((perm, np.full(11, perm[-1])))

    np.testing.assert_array_equal(np.column_stack((sx, sy)), pos[again])
    np.testing.assert_array_equal(sm, np.concatenate((mass[perm], np.zeros(11))))


@pytest.mark.parametrize("n", [1, 16, 17, 64, 65, 257, 5000])
def test_levels_hold_a_quarter_each_down_to_four(n: int) -> None:
    sizes = np.diff(tree_shape(n)).tolist()

    assert sizes[0] == -(-n // LEAF)
    assert sizes[1:] == [-(-below // FAN_OUT) for below in sizes[:-1]]
    assert sizes[-1] <= FAN_OUT
    assert all(size > FAN_OUT for size in sizes[:-1])


def moments(x: np.ndarray, y: np.ndarray, m: np.ndarray) -> list[float]:
    """Centre of mass, mass, square of the size, box."""
    size = max(np.ptp(x), np.ptp(y))
    middle = [np.average(x, weights=m), np.average(y, weights=m)]
    return [*middle, m.sum(), size**2, x.min(), x.max(), y.min(), y.max()]


@pytest.mark.parametrize("n", [40, 1000, 3333])
def test_leaves_and_branches_are_reductions_of_their_points(n: int) -> None:
    rng = np.random.default_rng(n)
    pos, mass = rng.normal(size=(n, 2)).astype(np.float32), rng.uniform(1, 9, n).astype(np.float32)
    field = field_of(n, with_tree=True)
    sort_along_curve(pos, field)
    gather(pos, mass, field.perm, field.sx, field.sy, field.sm)
    grow_leaves(field.sx, field.sy, field.sm, field.tree, field.spread, np.float32(0.02))
    grow_branches(field)

    expected = []
    width = LEAF
    for count in np.diff(field.off):
        for q in range(count):
            inside = slice(q * width, (q + 1) * width)
            x, y, m = field.sx[inside], field.sy[inside], field.sm[inside].astype(np.float64)
            expected.append(moments(x, y, m))
        width *= FAN_OUT
    x, y = field.sx.reshape(-1, LEAF), field.sy.reshape(-1, LEAF)
    spread = np.maximum(0.3 * np.sqrt(np.ptp(x, axis=1) * np.ptp(y, axis=1)), 0.02)

    np.testing.assert_allclose(field.tree, expected, rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(field.spread, spread, rtol=1e-5)
    assert field.tree[field.off[-2] :, 2].sum() == pytest.approx(mass.sum(), rel=1e-5)
