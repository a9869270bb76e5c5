"""Files of datasets on a local disk."""

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from graphkeep.store.atomic import atomic_write
from graphkeep.store.disk_space import check_free_space, translate_disk_errors
from graphkeep.store.file_store import DATASET_ID, check_names


class DiskFiles:
    """A folder with one folder a dataset."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, dataset_id: str, name: str) -> Path:
        """The path of this file, which need not exist."""
        check_names(dataset_id, name)
        return self.root / dataset_id / name

    def has(self, dataset_id: str, name: str) -> bool:
        return self.path(dataset_id, name).exists()

    def open_path(self, dataset_id: str, name: str) -> Path:
        return self.path(dataset_id, name)

    def write(self, dataset_id: str, name: str, write: Callable[[Path], object]) -> None:
        path = self.path(dataset_id, name)
        check_free_space(self.root)
        with translate_disk_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path) as temporary:
                write(temporary)

    def delete(self, dataset_id: str) -> None:
        """Delete a dataset's files; its name is free at once, even on a full disk."""
        folder = self.path(dataset_id, "x").parent
        if folder.exists():
            deleted = self.root / f".deleted-{secrets.token_hex(8)}"
            folder.rename(deleted)
            shutil.rmtree(deleted)

    def dataset_ids(self) -> set[str]:
        if not self.root.exists():
            return set()
        return {path.name for path in self.root.iterdir() if DATASET_ID.fullmatch(path.name)}

    def size_bytes(self, dataset_id: str) -> int:
        folder = self.path(dataset_id, "x").parent
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
