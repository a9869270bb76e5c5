"""Unix sockets of relays, whose paths may be longer than a socket's address can hold."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def socket_path(folder: Path, relay_name: str) -> Path:
    return folder / f"{relay_name}.sock"


@contextmanager
def short_path(folder: Path, relay_name: str) -> Iterator[str]:
    """A path of at most 107 bytes to a relay's socket, valid within the block. Raises OSError: no such folder."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{relay_name}.sock"
    finally:
        os.close(descriptor)
