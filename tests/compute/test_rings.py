"""Directions moved apart on a ring, no further than they must."""

import numpy as np
import pytest

from graphkeep.compute.circular.rings import TURN, space_around


def test_what_has_room_stays_where_it_is() -> None:
    assert space_around(np.array([0.0, 0.1, 6.0]), 0.05) % TURN == pytest.approx([0, 0.1, 6])


def test_a_crowd_parts_about_its_middle_also_over_the_top() -> None:
    assert space_around(np.array([1.0, 1.0, 1.0]), 0.2) % TURN == pytest.approx([0.8, 1, 1.2])
    over = space_around(np.array([0.0, TURN - 0.1]), 0.3)
    assert (over + 0.5) % TURN == pytest.approx([0.6, 0.3])


def test_a_ring_without_room_is_shared_evenly() -> None:
    placed = space_around(np.linspace(0, 1, 12), TURN / 10)
    assert np.diff(placed) == pytest.approx(TURN / 12)
    nearly = space_around(np.linspace(0, 0.1, 12), TURN / 12.001)
    assert np.diff(nearly, append=nearly[0] + TURN) == pytest.approx(TURN / 12, rel=1e-3)
