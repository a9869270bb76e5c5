"""Atomic writes: a file is written aside, synced and renamed, so that its name never shows half of it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEFAULT_MODE = 0o666  # less the umask
PREFIX = ".writing-"


@contextmanager
def atomic_write(path: Path, *, mode: int = DEFAULT_MODE) -> Iterator[Path]:
    """A new, empty file beside `path` to write to; at the end it replaces `path`.

    Then the content outlives a power cut. Where the block raises, `path` is as before and nothing is left
    beside it.
    """
    # Not mkstemp, whose files nobody else may read: the administrators' group makes backups of them.
    temporary = path.parent / f"{PREFIX}{secrets.token_hex(8)}"
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """The names in this folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Every file and name below this folder outlives a power cut."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
