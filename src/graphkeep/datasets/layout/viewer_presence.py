"""Whether anybody watches a graph: its open sockets keep a file fresh, whichever process serves them.

A file, because a process that is killed cannot say goodbye: what nobody touches grows old by itself.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from graphkeep.datasets.storage import presence_path

HEARTBEAT_S = 1.0
TIMEOUT_S = 4.0  # a page that is loaded anew is back by then
POLL_S = 0.25


def heartbeat(dataset_id: str) -> None:
    """Say that somebody watches; to be said again each `PULSE_S`."""
    # On a full disk nobody is seen to watch: runs end, and the socket lives on.
    with contextlib.suppress(OSError):
        presence_path(dataset_id).touch()


class ViewerPresence:
    """Those who watch one graph, seen by changes of its file: another machine's clock may be wrong.

    `memory` is what a run that is left off hands on to its next part.
    """

    def __init__(
        self,
        dataset_id: str,
        *,
        memory: Sequence[float] = (0, 0.0),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path: Path = presence_path(dataset_id)
        self._clock = clock
        self._touched, unseen_s = memory
        self._seen_at = clock() - unseen_s
        self._next_look = 0.0

    @property
    def memory(self) -> tuple[float, float]:
        return self._touched, self._clock() - self._seen_at

    def is_gone(self) -> bool:
        """Whether nobody has watched for some seconds of the run."""
        now = self._clock()
        if now >= self._next_look:
            self._next_look = now + POLL_S
            touched = modified_ns(self._path)
            if touched != self._touched:
                self._touched, self._seen_at = touched, now
        return now - self._seen_at > TIMEOUT_S


def modified_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
