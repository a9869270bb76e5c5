"""Viewer presence: open pages keep a file fresh by a heartbeat, whichever process serves them.

A file, because a killed process cannot sign off: an untouched file ages by itself.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from graphkeep.datasets.dataset_files import DatasetFiles

HEARTBEAT_S = 1.0
TIMEOUT_S = 4.0  # a page that is reloaded is back by then
POLL_S = 0.25


def heartbeat(files: DatasetFiles) -> None:
    """Report a viewer, every `HEARTBEAT_S`."""
    # On a full disk no viewer is reported: runs end, and the socket stays open.
    with contextlib.suppress(OSError):
        files.presence().touch()


class ViewerPresence:
    """Whether anybody views one graph, seen by changes of its file: another machine's clock may be wrong.

    `state` is what a run that yields hands on to its next part.
    """

    def __init__(
        self,
        files: DatasetFiles,
        *,
        state: Sequence[float] = (0, 0.0),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path: Path = files.presence()
        self._clock = clock
        self._modified_ns, unseen_s = state
        self._seen_at = clock() - unseen_s
        self._next_poll = 0.0

    @property
    def state(self) -> tuple[float, float]:
        return self._modified_ns, self._clock() - self._seen_at

    def is_gone(self) -> bool:
        """Whether no heartbeat came for `TIMEOUT_S`."""
        now = self._clock()
        if now >= self._next_poll:
            self._next_poll = now + POLL_S
            modified = modified_ns(self._path)
            if modified != self._modified_ns:
                self._modified_ns, self._seen_at = modified, now
        return now - self._seen_at > TIMEOUT_S


def modified_ns(path: Path) -> int:
    """0 if there is no such file."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
