"""How much room a disk has, and what to say once it has none."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphkeep.graph.errors import DiskFullError

LEAST_FREE_BYTES = 50_000_000  # left to the database, without which nobody could sign in or delete
FULL = {errno.ENOSPC, errno.EDQUOT}
TEXT = (
    "The server's disk is full, so nothing was kept. Ask the administrator to make room, "
    "or delete what is not needed."
)


def is_full(error: BaseException | None) -> bool:
    """Whether this error, or the one that it came from, says that a disk is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        # SQLite's words; the last is what it says where its shared memory cannot grow.
        text = str(error)
        if "database or disk is full" in text or "disk I/O error" in text:
            return True
        error = error.__cause__
    return False


def check_room(folder: Path, wanted_bytes: int = 0) -> None:
    """Raises DiskFullError where so much more would use up what is left to the database."""
    while not folder.exists():
        folder = folder.parent
    if shutil.disk_usage(folder).free < LEAST_FREE_BYTES + wanted_bytes:
        raise DiskFullError(TEXT)


@contextmanager
def on_a_disk() -> Iterator[None]:
    """A full disk is told in words."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise DiskFullError(TEXT) from error
        raise


def sync_tree(folder: Path) -> None:
    """Every file and name in it will outlive a power cut."""
    for place in (*folder.rglob("*"), folder):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
