"""The whole state of another folder into this one, while that one goes on running.

Its database is copied first, then every file that it knows, and the copy takes its place last. Until then
nothing stands here, and whatever was interrupted goes on where it stopped.
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
    """How many files were copied, and how many stood here already, from the run before."""
    copied = kept = 0
    for folder in FOLDERS:
        for unfinished in (data / folder).rglob(f"{PREFIX}*"):  # of a run that was killed
            unfinished.unlink()
        for path in sorted((source / folder).rglob("*")):
            name = path.relative_to(source)
            if not path.is_file() or any(part.startswith(".") for part in name.parts):
                continue
            if is_same(path, data / name):
                kept += 1
            elif copy_file(path, data / name):
                copied += 1
    return copied, kept


def is_same(one: Path, other: Path) -> bool:
    """A copy has the size and the time of its original only when it is whole."""
    try:
        first, second = one.stat(), other.stat()
    except FileNotFoundError:
        return False
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def copy_file(source: Path, target: Path) -> bool:
    """Whole or not at all; one that was deleted meanwhile is none."""
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
    """A consistent copy of an SQLite file, also while a server uses it."""
    address = f"file:{quote(str(source))}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=20)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)


def data_folder(folder: Path, *, into: Path) -> Path:
    """The data folder of a server's home.

    Raises:
        UserInputError: there is none, or it is this very one.
    """
    data = folder.resolve() / "data"
    if not (data / "db.sqlite3").is_file():
        raise UserInputError(
            f"{folder} is no home of a server on SQLite: it has no data/db.sqlite3. "
            "A server on PostgreSQL moves by graphkeep backup and restore."
        )
    if data == into.resolve():
        raise UserInputError(f"{folder} is this server's own home.")
    return data
