"""The interface of a file store for datasets, and the valid names of its files."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

DATASET_ID = re.compile(r"[0-9a-f]{32}")
NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*")


class FileStore(Protocol):
    """Named files of datasets. A write replaces a file whole: a reader sees the former one or the new one.

    Each method raises ValueError for a dataset id or a name that `check_names` refuses.
    """

    def has(self, dataset_id: str, name: str) -> bool: ...

    def open_path(self, dataset_id: str, name: str) -> Path:
        """A local file with the current content, to be read or mapped. Raises FileNotFoundError."""

    def write(self, dataset_id: str, name: str, write: Callable[[Path], object]) -> None:
        """Have `write` fill a file; if it raises, nothing changes. Raises DiskFullError."""

    def delete(self, dataset_id: str) -> None: ...

    def size_bytes(self, dataset_id: str) -> int: ...

    def dataset_ids(self) -> set[str]:
        """Every dataset that has files, known to the database or not."""


def check_names(dataset_id: str, name: str) -> None:
    """Raises ValueError, so that no text of a request ever becomes a path."""
    if not DATASET_ID.fullmatch(dataset_id) or not NAME.fullmatch(name):
        raise ValueError("a dataset id is 32 hex characters, a name is lower case")
