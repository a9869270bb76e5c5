"""Fingerprint of the configuration: a process that started with another one needs a restart."""

import hashlib
from pathlib import Path

FILES = ("data/config/custom.env", ".env")


def fingerprint(home: Path) -> str:
    """The first 16 hex digits of a SHA-256 over the configuration files."""
    digest = hashlib.sha256()
    for name in FILES:
        path = home / name
        content = path.read_bytes() if path.is_file() else b""
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:16]
