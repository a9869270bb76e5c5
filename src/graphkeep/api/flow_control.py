"""How fast one viewer hears of a running layout: as fast as it takes the frames in, and no faster.

A frame is sent once the viewer has said that it saw the one before, so nothing ever waits in buffers on the way,
and who is slow gets fewer frames, each of them new. Who sees nothing, such as a page in a hidden tab, gets none.
"""

import time
from collections.abc import Callable

FRAME_S = 0.08
MOST_BYTES_PER_S = 8_000_000


class Pace:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._awaited: int | None = None
        self._count = 0
        self._next_at = float("-inf")

    def has_room(self) -> bool:
        return self._awaited is None and self._clock() >= self._next_at

    def sends(self, size: int) -> int:
        """The number of a frame of `size` bytes that is sent now."""
        self._count += 1
        self._awaited = self._count
        self._next_at = self._clock() + max(FRAME_S, size / MOST_BYTES_PER_S)
        return self._count

    def saw(self, number: object) -> None:
        if number == self._awaited:
            self._awaited = None
