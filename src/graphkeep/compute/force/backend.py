"""The backend protocol for level refinement: the CPU (`refine.py`) or a GPU (`gpu/refine.py`)."""

from typing import Any, Protocol

import numpy as np

from graphkeep.compute.force.coarsen import Level
from graphkeep.compute.force.schedule import ForceParams
from graphkeep.compute.positions import Positions

DeviceArray = Any
"""float32 (n, 2), on the host or on a device; the device library has no type annotations."""


class HasPositions(Protocol):
    @property
    def pos(self) -> DeviceArray: ...


class LevelRefiner(Protocol):
    """Refinement of one level by cooling; a frame is `stretch` steps."""

    @property
    def state(self) -> HasPositions: ...

    @property
    def stretch(self) -> int: ...

    def rescale(self) -> np.float32: ...

    def run_steps(
        self, begin: int, end: int, steps: int, t_start: float, t_end: float
    ) -> float | None: ...


class DeviceBackend(Protocol):
    """A device and its data for one layout."""

    def takes(self, n: int) -> bool: ...

    def prolong(self, level: Level, above: int, pos: DeviceArray, seed: int) -> DeviceArray: ...

    def refiner(
        self, level: Level, pos: DeviceArray, params: ForceParams, attraction_model: int
    ) -> LevelRefiner: ...


def to_host(pos: DeviceArray) -> Positions:
    """Positions as a NumPy array, copied from the device if needed."""
    if isinstance(pos, np.ndarray):
        return pos
    copied: Positions = pos.copy_to_host()
    return copied
