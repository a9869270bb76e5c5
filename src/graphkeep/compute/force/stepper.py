"""A layout that is stepped by its caller: shown, paused, gone on with, given up, always whole."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from graphkeep.compute.force.engine import Frame
from graphkeep.compute.force.layout import (
    DEFAULTS,
    Components,
    Device,
    Positions,
    checked,
    frames,
)
from graphkeep.compute.force.parameters import ForceOptions
from graphkeep.compute.force.schedule import Clock, Quality, Style


class LayoutJob:
    """The arguments are those of `force_layout`. Nothing runs but inside `step` and `finish`.

    A job that is dropped costs nothing more; one that is not stepped is paused.
    """

    def __init__(
        self,
        n: int,
        edges: npt.NDArray[np.integer],
        *,
        weights: npt.NDArray[np.floating] | None = None,
        style: Style = "auto",
        quality: Quality = "balanced",
        seed: int = 0,
        positions: Positions | None = None,
        fixed: npt.NDArray[np.bool_] | None = None,
        components: Components = "pack",
        threads: int | None = None,
        device: Device = "auto",
        options: ForceOptions = DEFAULTS,
    ) -> None:
        checked(n, edges, weights, positions, fixed)
        self.is_cancelled = False
        self.clock = Clock(cancel=lambda: self.is_cancelled)
        self.is_done = n == 0
        self.n = n
        self._frames: Iterator[Frame] = frames(
            n, edges, self.clock, weights=weights, style=style, quality=quality, seed=seed,
            positions=positions, fixed=fixed, components=components, threads=threads, device=device,
            options=options,
        )  # fmt: skip
        self._last: Frame | None = None

    @property
    def progress(self) -> float:
        """0 to 1."""
        return 1.0 if self.is_done else 0.0 if self._last is None else self._last.progress

    def step(self, seconds: float = 0.0) -> bool:
        """Work for about so long, at least one stretch of steps; whether there is more to do."""
        until = self.clock.spent_s + seconds
        while not self.is_done:
            self._advance()
            if self.clock.spent_s >= until:
                break
        return not self.is_done

    def finish(self) -> Positions:
        """The shortest way to places for all nodes from where the layout stands."""
        self.is_cancelled = True
        while not self.is_done:
            self._advance()
        return self.positions()

    def positions(self) -> Positions:
        """float32 (n, 2) as they are now; before the first step all at the origin."""
        if self._last is None:
            return np.zeros((self.n, 2), np.float32)
        return self._last.whole()

    def _advance(self) -> None:
        frame = next(self._frames, None)
        if frame is None:
            self.is_done = True
        else:
            self._last = frame
