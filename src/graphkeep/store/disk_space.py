"""Free disk space, and the error for a full disk."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphkeep.graph.errors import DiskFullError

MIN_FREE_BYTES = 50_000_000  # reserved for the database, which sign-in and deletion need
FULL = {errno.ENOSPC, errno.EDQUOT}
TEXT = (
    "The server's disk is full, so nothing was saved. Ask the administrator to free disk space, "
    "or delete what is not needed."
)


def is_full(error: BaseException | None) -> bool:
    """Whether this error, or one that caused it, says that a disk is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        # SQLite's words; the last is what it says where its shared memory cannot grow.
        text = str(error)
        if "database or disk is full" in text or "disk I/O error" in text:
            return True
        error = error.__cause__
    return False


def check_free_space(folder: Path, size_bytes: int = 0) -> None:
    """Raises DiskFullError if this many more bytes would use up the reserve."""
    while not folder.exists():
        folder = folder.parent
    if shutil.disk_usage(folder).free < MIN_FREE_BYTES + size_bytes:
        raise DiskFullError(TEXT)


@contextmanager
def translate_disk_errors() -> Iterator[None]:
    """Raises DiskFullError for an OSError of a full disk."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise DiskFullError(TEXT) from error
        raise
