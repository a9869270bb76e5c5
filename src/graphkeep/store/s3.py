"""Files of datasets in a bucket, with a cache on the local disk, because tables are mapped and not loaded.

A write returns once the object is in the bucket.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from graphkeep.store.bucket import BLOCK_BYTES, Bucket, ObjectStoreError
from graphkeep.store.disk_space import check_free_space
from graphkeep.store.file_cache import FileCache
from graphkeep.store.file_store import DATASET_ID, NAME, check_names


class S3Files:
    """An object `dataset_id/name` for each file."""

    def __init__(self, bucket: Bucket, cache: FileCache) -> None:
        self.bucket = bucket
        self.cache = cache

    def has(self, dataset_id: str, name: str) -> bool:
        return self.bucket.head(object_key(dataset_id, name)) is not None

    def open_path(self, dataset_id: str, name: str) -> Path:
        key = object_key(dataset_id, name)
        entry = self.bucket.head(key)
        if entry is None:
            raise FileNotFoundError(key)

        def fetch(path: Path) -> None:
            with self.bucket.reading(key) as source, path.open("wb") as sink:
                shutil.copyfileobj(source, sink, BLOCK_BYTES)
            if path.stat().st_size != entry.size_bytes:
                raise ObjectStoreError(f"{key} came back from the object store in part only.")

        cached_path = self.cache.find(key, entry.etag)
        return cached_path or self.cache.add(key, entry.etag, entry.size_bytes, fetch)

    def write(self, dataset_id: str, name: str, write: Callable[[Path], object]) -> None:
        key = object_key(dataset_id, name)
        check_free_space(self.cache.root)
        with self.cache.new_file(key) as temporary:
            write(temporary)
            with temporary.open("rb") as source:
                etag = self.bucket.put(key, source)
            self.cache.replace(key, etag, temporary)
        self.cache.evict()

    def put_file(self, dataset_id: str, name: str, path: Path) -> None:
        """Store a copy of a local file, without caching it."""
        with path.open("rb") as source:
            self.bucket.put(object_key(dataset_id, name), source)

    def delete(self, dataset_id: str) -> None:
        check_names(dataset_id, "x")
        for entry in list(self.bucket.entries(f"{dataset_id}/")):
            self.bucket.delete(entry.key)
        self.cache.forget(dataset_id)

    def size_bytes(self, dataset_id: str) -> int:
        check_names(dataset_id, "x")
        return sum(entry.size_bytes for entry in self.bucket.entries(f"{dataset_id}/"))

    def dataset_ids(self) -> set[str]:
        return {name for name in self.bucket.folders("") if DATASET_ID.fullmatch(name)}

    def names(self) -> Iterator[tuple[str, str]]:
        """Dataset and name of every file in the bucket."""
        for entry in self.bucket.entries():
            dataset_id, _, name = entry.key.partition("/")
            if DATASET_ID.fullmatch(dataset_id) and NAME.fullmatch(name):
                yield dataset_id, name


def object_key(dataset_id: str, name: str) -> str:
    check_names(dataset_id, name)
    return f"{dataset_id}/{name}"
