"""Graphs on a local disk: each file is written aside, synced and renamed, so a name is always whole."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc

from graphkeep.store.disk_space import check_room, on_a_disk

DATASET_ID = re.compile(r"[0-9a-f]{32}")
NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*")

Array = npt.NDArray[np.generic]


class DiskStore:
    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, dataset_id: str, name: str) -> Path:
        if not DATASET_ID.fullmatch(dataset_id) or not NAME.fullmatch(name):
            raise ValueError("a dataset id is 32 hex characters, a name is lower case")
        return self.root / dataset_id / name

    def has(self, dataset_id: str, name: str) -> bool:
        return self.path(dataset_id, name).exists()

    def put_table(self, dataset_id: str, name: str, table: pa.Table) -> None:
        def write(path: Path) -> None:
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table, max_chunksize=1 << 20)

        self._write(self.path(dataset_id, f"{name}.arrow"), write)

    def table(self, dataset_id: str, name: str) -> pa.Table:
        """The table, mapped and not loaded."""
        with pa.memory_map(str(self._file(dataset_id, f"{name}.arrow"))) as source:
            return pa.ipc.open_file(source).read_all()

    def table_path(self, dataset_id: str, name: str) -> Path:
        """The Arrow file of a table on the local disk; a store elsewhere makes a copy first."""
        return self._file(dataset_id, f"{name}.arrow")

    def has_table(self, dataset_id: str, name: str) -> bool:
        return self.has(dataset_id, f"{name}.arrow")

    def put_arrays(self, dataset_id: str, name: str, **arrays: Array) -> None:
        """Arrays of plain dtypes, back to back after one line of JSON that says where they lie."""
        parts = []
        offset = 0
        for key, array in arrays.items():
            whole = np.ascontiguousarray(array)
            parts.append((key, whole, offset))
            offset += -(-whole.nbytes // 64) * 64
        lines = [
            {"name": key, "dtype": whole.dtype.str, "shape": whole.shape, "offset": at}
            for key, whole, at in parts
        ]
        head = json.dumps(lines).encode() + b"\n"
        head += b" " * (-len(head) % 64)

        def write(path: Path) -> None:
            with path.open("wb") as sink:
                sink.write(head)
                for _, whole, at in parts:
                    sink.seek(len(head) + at)
                    sink.write(whole.data)
                sink.truncate(len(head) + offset)

        self._write(self.path(dataset_id, f"{name}.arrays"), write)

    def arrays(self, dataset_id: str, name: str) -> dict[str, Array]:
        path = self._file(dataset_id, f"{name}.arrays")
        with path.open("rb") as source:
            line = source.readline()
        start = len(line) + (-len(line) % 64)
        return {
            part["name"]: np.memmap(
                path,
                dtype=part["dtype"],
                mode="r",
                offset=start + part["offset"],
                shape=tuple(part["shape"]),
            )
            if np.prod(part["shape"]) > 0
            else np.empty(tuple(part["shape"]), part["dtype"])
            for part in json.loads(line)
        }

    def has_arrays(self, dataset_id: str, name: str) -> bool:
        return self.has(dataset_id, f"{name}.arrays")

    def put_bytes(self, dataset_id: str, name: str, content: bytes) -> None:
        self._write(self.path(dataset_id, name), lambda path: path.write_bytes(content))

    def bytes(self, dataset_id: str, name: str) -> bytes:
        return self._file(dataset_id, name).read_bytes()

    def delete(self, dataset_id: str) -> None:
        """Gone at once under its name; a full disk does not keep it."""
        folder = self.path(dataset_id, "x").parent
        if folder.exists():
            grave = self.root / f".deleted-{secrets.token_hex(8)}"
            folder.rename(grave)
            shutil.rmtree(grave)

    def dataset_ids(self) -> set[str]:
        """Of all that lies here, known to the database or not."""
        if not self.root.exists():
            return set()
        return {one.name for one in self.root.iterdir() if DATASET_ID.fullmatch(one.name)}

    def size_bytes(self, dataset_id: str) -> int:
        folder = self.path(dataset_id, "x").parent
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def _file(self, dataset_id: str, name: str) -> Path:
        return self.path(dataset_id, name)

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
        check_room(self.root)
        # Not mkstemp, whose files nobody else may read: the administrators' group makes backups of them.
        aside = path.parent / f".writing-{secrets.token_hex(8)}"
        with on_a_disk():
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.touch(exist_ok=False)
            try:
                write(aside)
                with aside.open("rb+") as written:
                    os.fsync(written.fileno())
                aside.replace(path)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
            sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
