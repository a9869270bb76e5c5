"""Pins: nodes whose position people chose, as the layout and the page read them."""

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphkeep.compute.positions import Positions
from graphkeep.datasets.models import Dataset, Pin

POLL_S = 0.25
RELAX_MS = 1500  # for the layout to settle around a node that was moved


@dataclass(frozen=True, kw_only=True)
class Pins:
    """`rows` is int64 (k,), `positions` float32 (k, 2), `is_held` bool (k,)."""

    version: int
    rows: npt.NDArray[np.int64]
    positions: Positions
    is_held: npt.NDArray[np.bool_]

    def applied_to(self, positions: Positions) -> Positions:
        """A copy of positions (n, 2) with these nodes at their pinned positions."""
        copy = np.array(positions, np.float32)
        copy[self.rows] = self.positions
        return copy

    def held_mask(self, n: int) -> npt.NDArray[np.bool_] | None:
        """Bool (n,) of the nodes that a layout must not move; None if it may move all."""
        if not self.is_held.any():
            return None
        mask = np.zeros(n, np.bool_)
        mask[self.rows[self.is_held]] = True
        return mask


def pins_of(dataset: Dataset) -> Pins:
    # The version first: pins that come in between belong to a later one, and are read again with it.
    version = pins_version(dataset)
    pins = list(
        dataset.pins.filter(row__lt=dataset.node_count)
        .order_by("row")
        .values_list("row", "x", "y", "is_held")
    )
    return Pins(
        version=version or 0,
        rows=np.array([row for row, *_ in pins], np.int64),
        positions=np.array([(x, y) for _, x, y, _ in pins], np.float32).reshape(-1, 2),
        is_held=np.array([is_held for *_, is_held in pins], np.bool_),
    )


def pins_version(dataset: Dataset) -> int | None:
    """None if the dataset is deleted."""
    versions = Dataset.objects.filter(pk=dataset.pk).values_list("pins_version", flat=True)
    return versions.first()


def delete_released_pins(dataset: Dataset, pins: Pins) -> None:
    """Delete released pins whose positions are part of a stored layout."""
    Pin.objects.filter(dataset=dataset, is_held=False, version__lte=pins.version).delete()


class PinWatch:
    """Whether pins have changed, by a query every `POLL_S` at most."""

    def __init__(self, dataset: Dataset, pins: Pins) -> None:
        self._dataset, self._version = dataset, pins.version
        self._next_poll = 0.0
        self._have_changed = False

    def have_changed(self, *, now: bool = False) -> bool:
        if now or time.monotonic() >= self._next_poll:
            self._next_poll = time.monotonic() + POLL_S
            self._have_changed = pins_version(self._dataset) != self._version
        return self._have_changed
