"""Points moved apart as little as can be."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphkeep.compute.spacing.isotonic import space_isotonically


def test_what_is_apart_stays_and_what_is_close_shares_the_way() -> None:
    assert space_isotonically(np.array([0.0, 5.0, 9.0]), np.ones(2)).tolist() == [0, 5, 9]
    assert space_isotonically(np.array([3.0, 3.0, 3.0]), np.ones(2)).tolist() == [2, 3, 4]
    assert space_isotonically(np.array([0.0, 0.5, 8.0]), np.array([2.5, 1.0])).tolist() == [
        -1,
        1.5,
        8,
    ]


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_gaps_are_kept_and_no_point_could_move_back_alone(wanted: list[float], seed: int) -> None:
    gaps = np.random.default_rng(seed).random(max(len(wanted) - 1, 0))
    placed = space_isotonically(np.array(wanted), gaps)
    slack = np.diff(placed) - gaps

    assert (slack > -1e-9).all()
    # A block that touches nobody stands at the mean of what its points want.
    for block in np.split(np.arange(len(wanted)), np.flatnonzero(slack > 1e-9) + 1):
        assert np.isclose(placed[block].mean(), np.array(wanted)[block].mean())


def test_nothing_is_spaced() -> None:
    assert space_isotonically(np.empty(0), np.empty(0)).tolist() == []
