"""Flow control: WebSocket backpressure by acknowledged frames, and a bandwidth limit.

A frame is sent once the viewer has acknowledged the one before, so nothing waits in buffers on the way: a slow
viewer gets fewer frames, each of them new, and a page in a hidden tab, which acknowledges nothing, gets none.
"""

import time
from collections.abc import Callable

FRAME_S = 0.08
MAX_BYTES_PER_S = 8_000_000


class FlowControl:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._unacknowledged: int | None = None
        self._count = 0
        self._next_at = float("-inf")

    def may_send(self) -> bool:
        return self._unacknowledged is None and self._clock() >= self._next_at

    def frame_sent(self, size: int) -> int:
        """Record that a frame of `size` bytes is sent now; its number, which the viewer acknowledges."""
        self._count += 1
        self._unacknowledged = self._count
        self._next_at = self._clock() + max(FRAME_S, size / MAX_BYTES_PER_S)
        return self._count

    def ack(self, number: int | None) -> None:
        """Only the frame that was sent last counts."""
        if number is not None and number == self._unacknowledged:
            self._unacknowledged = None
