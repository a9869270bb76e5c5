"""Migration of another server's data folder into this one, while that server keeps running.

The database is copied first, then the files of the graphs and uploads; the copied database is activated last.
Until then the target has no database, and an interrupted migration resumes where it stopped.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from graphkeep.graph.errors import UserInputError
from graphkeep.store.atomic import PREFIX, atomic_write
from graphkeep.store.disk_space import translate_disk_errors

STAGED = "migrating"
FOLDERS = ("graphs", "uploads")


def copy_files(source: Path, data: Path) -> tuple[int, int]:
    """Copy the data files; return how many were copied, and how many were already present from an earlier run."""
    copied = unchanged = 0
    for folder in FOLDERS:
        for unfinished in (data / folder).rglob(f"{PREFIX}*"):  # from a killed run
            unfinished.unlink()
        for path in sorted((source / folder).rglob("*")):
            name = path.relative_to(source)
            if not path.is_file() or any(part.startswith(".") for part in name.parts):
                continue
            if is_same(path, data / name):
                unchanged += 1
            elif copy_file(path, data / name):
                copied += 1
    return copied, unchanged


def is_same(path: Path, other_path: Path) -> bool:
    """Compare size and modification time; a partial copy never has both of its original."""
    try:
        first, second = path.stat(), other_path.stat()
    except FileNotFoundError:
        return False
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def copy_file(source: Path, target: Path) -> bool:
    """Copy a file atomically; False if the source was deleted in the meantime."""
    with translate_disk_errors():
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with atomic_write(target) as temporary:
                shutil.copyfile(source, temporary)
                shutil.copystat(source, temporary)
        except FileNotFoundError:
            return False
    return True


def snapshot(source: Path, target: Path) -> None:
    """Copy an SQLite database consistently, even while a server is using it."""
    address = f"file:{quote(str(source))}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=20)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)


def data_folder(folder: Path, *, into: Path) -> Path:
    """Data folder of a server's home folder.

    Raises:
        UserInputError: the folder has no SQLite database, or is this server's own home folder.
    """
    data = folder.resolve() / "data"
    if not (data / "db.sqlite3").is_file():
        raise UserInputError(
            f"{folder} is not the home folder of a server with SQLite: it has no data/db.sqlite3. "
            "Move a server with PostgreSQL with graphkeep backup and restore."
        )
    if data == into.resolve():
        raise UserInputError(f"{folder} is this server's own home folder.")
    return data
