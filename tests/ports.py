"""Ports of this machine, each given to one process of one test run only."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

# Below what Linux gives to outgoing connections (32768 and up), so no client takes one meanwhile.
RANGE = range(20_000, 32_000)
_held: list[int] = []  # lock files stay open, and so locked, until this process ends


def free_port() -> int:
    """A port on which nothing listens, and that no other test process is given while this one runs."""
    folder = Path(tempfile.gettempdir()) / f"graphkeep-test-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for port in random.sample(RANGE, len(RANGE)):
        lock = os.open(folder / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("0.0.0.0", port))
        except OSError:
            os.close(lock)
            continue
        _held.append(lock)
        return port
    raise AssertionError(f"no free port between {RANGE.start} and {RANGE.stop}")
