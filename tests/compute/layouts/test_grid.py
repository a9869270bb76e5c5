"""A square of cells, one node in each."""

import numpy as np
import pytest

from graphkeep.compute.layouts.grid import along_hilbert
from tests.compute.layouts.drawing import graph_of, laid_out


def test_rows_are_filled_as_the_table_has_them() -> None:
    at = laid_out("grid", graph_of(5, []), order="table").positions

    assert at.tolist() == [[0, 0], [1, 0], [2, 0], [0, -1], [1, -1]]


def test_those_with_most_links_come_first() -> None:
    at = laid_out("grid", graph_of(4, [(3, 0), (3, 1), (3, 2), (1, 2)]), order="degree").positions

    assert at.tolist() == [[1, -1], [1, 0], [0, -1], [0, 0]]


@pytest.mark.parametrize("n", [1, 2, 3, 10, 64, 100, 1000])
def test_every_node_has_a_cell_of_its_own_in_a_square(n: int) -> None:
    at = laid_out("grid", graph_of(n, [(i, (i * 7 + 1) % n) for i in range(n)])).positions

    side = int(np.ceil(np.sqrt(n)))
    assert len(np.unique(at, axis=0)) == n
    assert at[:, 0].max() < side
    assert -at[:, 1].min() < -(-n // side)
    assert np.array_equal(at, np.round(at))


@pytest.mark.parametrize("side", [2, 4, 16, 64])
def test_the_curve_goes_from_cell_to_cell(side: int) -> None:
    y, x = np.divmod(along_hilbert(side), side)

    assert sorted(along_hilbert(side).tolist()) == list(range(side * side))
    assert (np.abs(np.diff(x)) + np.abs(np.diff(y)) == 1).all()


def test_a_path_stays_in_neighbouring_cells() -> None:
    names = np.random.default_rng(0).permutation(64)
    edges = np.column_stack((names[:-1], names[1:]))
    at = laid_out("grid", graph_of(64, edges)).positions

    assert np.hypot(*(at[edges[:, 0]] - at[edges[:, 1]]).T).mean() < 1.2
