"""A cache of files on the local disk, below a limit; the least recently used go first.

A cached file's name holds the ETag of the object that it is a copy of, so that no reader gets a former version.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graphkeep.store.disk_space import check_free_space, translate_disk_errors


class FileCache:
    """`max_bytes` bounds all cached files together."""

    def __init__(self, root: Path, *, max_bytes: int) -> None:
        self.root = root
        self.max_bytes = max_bytes

    def find(self, key: str, etag: str) -> Path | None:
        """The cached copy of this version; it counts as used now."""
        path = self.path(key, etag)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def add(self, key: str, etag: str, size_bytes: int, fetch: Callable[[Path], None]) -> Path:
        """Have `fetch` fill a file, and cache it. Where `fetch` raises, nothing is cached.

        Raises:
            DiskFullError: the disk has no space for it.
        """
        self.evict(size_bytes)
        check_free_space(self.root, size_bytes)
        path = self.path(key, etag)
        with self.new_file(key) as temporary:
            fetch(temporary)
            temporary.replace(path)
        return path

    def replace(self, key: str, etag: str, temporary: Path) -> None:
        """Cache this file of `new_file` as the current version; former versions are removed."""
        path = self.path(key, etag)
        for former_copy in path.parent.glob(f"{Path(key).name}@*"):
            former_copy.unlink(missing_ok=True)
        temporary.replace(path)

    @contextmanager
    def new_file(self, key: str) -> Iterator[Path]:
        """A temporary file; it is deleted at the end unless it was renamed."""
        folder = (self.root / key).parent
        with translate_disk_errors():
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder, prefix=".writing-")
            os.close(handle)
            try:
                yield Path(name)
            finally:
                Path(name).unlink(missing_ok=True)

    def forget(self, folder: str) -> None:
        """Remove every cached file below this folder."""
        path = self.root / folder
        if path.exists():
            deleted = self.root / f".deleted-{secrets.token_hex(8)}"
            path.rename(deleted)
            shutil.rmtree(deleted)

    def purge(self) -> int:
        """Remove every cached file; the bytes that this frees. What is mapped stays readable."""
        freed_bytes = 0
        for path in self.files():
            freed_bytes += path.stat().st_size
            path.unlink(missing_ok=True)
        return freed_bytes

    def files(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file()]

    def evict(self, size_bytes: int = 0) -> None:
        """Remove the least recently used files until this many more bytes fit below the limit."""
        entries = []
        for path in self.files():
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            entries.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in entries) + size_bytes
        for _, size, path in sorted(entries):
            if total <= self.max_bytes:
                return
            if not path.name.startswith("."):
                path.unlink(missing_ok=True)
                total -= size

    def path(self, key: str, etag: str) -> Path:
        return self.root / f"{key}@{etag}"
