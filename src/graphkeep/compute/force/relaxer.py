"""What relaxes a level: the processor (`relax.py`) or a device (`gpu/`), by the same words."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from graphkeep.compute.force.coarsen import Level

Positions = npt.NDArray[np.float32]
Held = Any  # float32 (n, 2), here or on a device, whose library has no types


class Forces(Protocol):
    """What a plan says of forces."""

    @property
    def theta(self) -> float: ...

    @property
    def repulsion(self) -> float: ...

    @property
    def gravity(self) -> float: ...

    @property
    def soft(self) -> float: ...

    @property
    def short(self) -> float: ...

    @property
    def knee(self) -> float: ...


class HasPositions(Protocol):
    @property
    def pos(self) -> Held: ...


class Relaxer(Protocol):
    """One level that is cooled down; `stretch` steps of it are a frame."""

    @property
    def state(self) -> HasPositions: ...

    @property
    def stretch(self) -> int: ...

    def rescale(self) -> np.float32: ...

    def go(self, begin: int, end: int, steps: int, hot: float, cold: float) -> float | None: ...


class Ground(Protocol):
    """A device and what it holds for one layout."""

    def takes(self, n: int) -> bool: ...

    def prolonged(self, level: Level, above: int, pos: Held, seed: int) -> Held: ...

    def relaxer(self, level: Level, pos: Held, plan: Forces, law: int) -> Relaxer: ...


def here(pos: Held) -> Positions:
    """Positions on this side; those of a device are copied."""
    if isinstance(pos, np.ndarray):
        return pos
    copied: Positions = pos.copy_to_host()
    return copied
