"""Nodes that people put somewhere, as the layout and the page read them."""

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphkeep.datasets.models import Dataset, Pin

Positions = npt.NDArray[np.float32]
POLL_S = 0.25
RELAX_MS = 1500  # for the layout to settle around what was put somewhere


@dataclass(frozen=True, kw_only=True)
class Pins:
    """`rows` is int64 (k,), `positions` float32 (k, 2), `is_held` bool (k,)."""

    version: int
    rows: npt.NDArray[np.int64]
    positions: Positions
    is_held: npt.NDArray[np.bool_]

    def on(self, positions: Positions) -> Positions:
        """A copy of positions (n, 2) with these nodes where people put them."""
        placed = np.array(positions, np.float32)
        placed[self.rows] = self.positions
        return placed

    def mask(self, n: int) -> npt.NDArray[np.bool_] | None:
        """Bool (n,): what stays where it is; nothing where nothing does."""
        if not self.is_held.any():
            return None
        held = np.zeros(n, np.bool_)
        held[self.rows[self.is_held]] = True
        return held


def pins_of(dataset: Dataset) -> Pins:
    # The version first: pins that come in between belong to a later one, and are met again with it.
    version = pins_version(dataset)
    found = list(
        dataset.pins.filter(row__lt=dataset.node_count)
        .order_by("row")
        .values_list("row", "x", "y", "is_held")
    )
    return Pins(
        version=version or 0,
        rows=np.array([row for row, *_ in found], np.int64),
        positions=np.array([(x, y) for _, x, y, _ in found], np.float32).reshape(-1, 2),
        is_held=np.array([is_held for *_, is_held in found], np.bool_),
    )


def pins_version(dataset: Dataset) -> int | None:
    """Nothing where the dataset is gone."""
    found = Dataset.objects.filter(pk=dataset.pk).values_list("pins_version", flat=True)
    return found.first()


def delete_released_pins(dataset: Dataset, pins: Pins) -> None:
    """A layout that was kept holds the places of what is not held; they need no note any more."""
    Pin.objects.filter(dataset=dataset, is_held=False, version__lte=pins.version).delete()


class PinWatch:
    """Whether pins have changed, asked of the database now and then."""

    def __init__(self, dataset: Dataset, pins: Pins) -> None:
        self._dataset, self._version = dataset, pins.version
        self._next_look = 0.0
        self._have_changed = False

    def have_changed(self, *, now: bool = False) -> bool:
        if now or time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + POLL_S
            self._have_changed = pins_version(self._dataset) != self._version
        return self._have_changed
