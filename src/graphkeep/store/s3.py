"""Graphs in a bucket, and copies of them on a local disk, because tables are mapped and not loaded.

A file is in the bucket before anybody is told that it is kept. A copy's name holds the ETag of what it is a
copy of, so that no reader meets a former version; the least used copies give way to a limit.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from graphkeep.store.bucket import BLOCK_BYTES, Bucket, ObjectStoreError
from graphkeep.store.disk import DATASET_ID, NAME, DiskStore
from graphkeep.store.disk_space import check_room, on_a_disk


class S3Store(DiskStore):
    def __init__(self, bucket: Bucket, copies: Path, *, most_bytes: int) -> None:
        super().__init__(copies)
        self.bucket = bucket
        self.most_bytes = most_bytes

    def has(self, dataset_id: str, name: str) -> bool:
        return self.bucket.head(key(dataset_id, name)) is not None

    def delete(self, dataset_id: str) -> None:
        for one in list(self.bucket.entries(f"{self.path(dataset_id, 'x').parent.name}/")):
            self.bucket.delete(one.key)
        super().delete(dataset_id)

    def size_bytes(self, dataset_id: str) -> int:
        return sum(one.size_bytes for one in self.bucket.entries(f"{dataset_id}/"))

    def dataset_ids(self) -> set[str]:
        return {one for one in self.bucket.folders("") if DATASET_ID.fullmatch(one)}

    def names(self) -> Iterator[tuple[str, str]]:
        """Every file in the bucket: its dataset and its name."""
        for one in self.bucket.entries():
            dataset_id, _, name = one.key.partition("/")
            if DATASET_ID.fullmatch(dataset_id) and NAME.fullmatch(name):
                yield dataset_id, name

    def copy_of(self, dataset_id: str, name: str) -> Path:
        return self._file(dataset_id, name)

    def put_file(self, dataset_id: str, name: str, path: Path) -> None:
        """A file that another store wrote."""
        with path.open("rb") as source:
            self.bucket.put(key(dataset_id, name), source)

    def purge(self) -> int:
        """Throw every copy away; what is mapped now stays readable for whoever maps it."""
        freed = 0
        for path in self.copies():
            freed += path.stat().st_size
            path.unlink(missing_ok=True)
        return freed

    def copies(self) -> list[Path]:
        return [one for one in self.root.rglob("*") if one.is_file()]

    def _file(self, dataset_id: str, name: str) -> Path:
        """The local copy of what the bucket holds now."""
        held = self.bucket.head(key(dataset_id, name))
        if held is None:
            raise FileNotFoundError(f"{dataset_id}/{name}")
        copy = self.path(dataset_id, name).with_name(f"{name}@{held.etag}")
        try:
            os.utime(copy)
        except FileNotFoundError:
            self._fetch(key(dataset_id, name), copy, held.size_bytes)
        return copy

    def _fetch(self, name: str, copy: Path, size_bytes: int) -> None:
        self._make_room(size_bytes)
        check_room(self.root, size_bytes)
        with on_a_disk():
            copy.parent.mkdir(parents=True, exist_ok=True)
            aside = copy.with_name(f".writing-{secrets.token_hex(6)}")
            try:
                with self.bucket.reading(name) as source, aside.open("wb") as sink:
                    shutil.copyfileobj(source, sink, BLOCK_BYTES)
                if aside.stat().st_size != size_bytes:
                    raise ObjectStoreError(f"{name} came back from the object store in part only.")
                aside.replace(copy)
            finally:
                aside.unlink(missing_ok=True)

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
        name = path.relative_to(self.root)
        check_room(self.root)
        with on_a_disk():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, text = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
            os.close(handle)
            aside = Path(text)
            try:
                write(aside)
                with aside.open("rb") as source:
                    etag = self.bucket.put(str(name), source)
                for former in path.parent.glob(f"{path.name}@*"):
                    former.unlink(missing_ok=True)
                aside.replace(path.with_name(f"{path.name}@{etag}"))
            finally:
                aside.unlink(missing_ok=True)
        self._make_room(0)

    def _make_room(self, wanted_bytes: int) -> None:
        """The least used copies go, until so much more fits below the limit."""
        found = []
        for one in self.copies():
            try:
                stat = one.stat()
            except FileNotFoundError:
                continue
            found.append((stat.st_mtime, stat.st_size, one))
        total = sum(size for _, size, _ in found) + wanted_bytes
        for _, size, one in sorted(found):
            if total <= self.most_bytes:
                return
            if not one.name.startswith("."):
                one.unlink(missing_ok=True)
                total -= size


def key(dataset_id: str, name: str) -> str:
    if not DATASET_ID.fullmatch(dataset_id) or not NAME.fullmatch(name):
        raise ValueError("a dataset id is 32 hex characters, a name is lower case")
    return f"{dataset_id}/{name}"
