"""Put a backup in the place of what stands, and that aside, so that it can be undone.

The whole archive is checked first. Then a journal names every rename, and each is done at most once: a restore
that is interrupted is finished by the next start, so what stands is always the old or the new, never both.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from graphkeep.datasets.models import Dataset
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import GraphkeepError, UserInputError
from graphkeep.store.atomic import atomic_write, sync_folder
from graphkeep.store.s3 import S3Files
from graphkeep.upkeep.backup.archive import read_plain, read_stream, tree_hash
from graphkeep.upkeep.backup.database import (
    POSTGRES,
    SQLITE,
    copy_database,
    own_database,
    restore_dump,
)
from graphkeep.upkeep.backup.targets import open_backup

JOURNAL = "restore.json"
PARTS = ("graphs", "uploads", "db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm")


@dataclass(frozen=True, kw_only=True)
class RestoreResult:
    made_at: str
    file_count: int
    tree_hash: str
    snapshot: Path


def check_backup(source: Path | str, *, identity: str = "") -> dict[str, Any]:
    """The manifest of a backup that is whole and can be restored here; nothing is changed."""
    aside = make_empty(settings.DATA_DIR / "restoring")
    try:
        manifest = unpack_backup(source, aside, identity=identity)
        check_database_kind(manifest)
    finally:
        shutil.rmtree(aside)
    return manifest


def unpack_backup(
    source: Path | str | IO[bytes], into: Path, *, keys: str = "", identity: str = ""
) -> dict[str, Any]:
    keys = keys or settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS
    if not isinstance(source, Path | str):
        return read_stream(source, "what was sent", into, keys=keys, identity=identity)
    with open_backup(str(source)) as (stream, called, is_sealed):
        if is_sealed:
            return read_stream(stream, called, into, keys=keys, identity=identity)
        return read_plain(stream, called, into)


def restore_backup(
    source: Path | str | IO[bytes],
    *,
    keys: str = "",
    identity: str = "",
    before_swap: Callable[[], object] = lambda: None,
) -> RestoreResult:
    """Restore it; `before_swap` is called once it is known to be whole.

    Raises:
        DamagedBackupError: the file is not a whole backup for the keys here; nothing was changed.
        UserInputError: it holds another kind of database.
    """
    data: Path = settings.DATA_DIR
    staged = make_empty(data / "restoring")
    try:
        manifest = unpack_backup(source, staged, keys=keys, identity=identity)
        check_database_kind(manifest)
    except GraphkeepError:
        shutil.rmtree(staged)
        raise
    upload_graphs(staged / "graphs")
    before_swap()
    for folder in ("graphs", "uploads"):
        (staged / folder).mkdir(exist_ok=True)
    if (staged / SQLITE).exists():
        (staged / SQLITE).replace(staged / "db.sqlite3")
    snapshot = swap_data(data, staged, f"before-restore-{timezone.now():%Y-%m-%dT%H%M%S}")
    return RestoreResult(
        made_at=manifest["made_at"],
        file_count=len(manifest["files"]),
        tree_hash=tree_hash(manifest),
        snapshot=snapshot,
    )


def upload_graphs(graphs: Path) -> None:
    """Where graphs rest in a bucket, theirs go there before the database that names them stands."""
    files = graph_store().files
    if isinstance(files, S3Files) and graphs.exists():
        for path in sorted(graphs.rglob("*")):
            if path.is_file():
                files.put_file(path.parent.name, path.name, path)
        shutil.rmtree(graphs)


def redraw_missing_graphs() -> int:
    """Graphs whose pictures a store no longer has are drawn anew when somebody looks at them."""
    there = graph_store().dataset_ids()
    lost = Dataset.objects.exclude(dataset_id__in=there).exclude(prepared_version=0)
    return lost.update(prepared_version=0)


def undo_restore() -> Path:
    """What stood before the last restore stands again; what that brought is kept the same way.

    Raises:
        UserInputError: there was none.
    """
    data: Path = settings.DATA_DIR
    kept = sorted((data / "snapshots").glob("before-*"), key=lambda one: one.stat().st_mtime)
    if not kept:
        raise UserInputError("There is nothing to undo: no restore was done here.")
    staged = data / "restoring"
    shutil.rmtree(staged, ignore_errors=True)
    kept[-1].replace(staged)
    return swap_data(data, staged, f"before-undo-{timezone.now():%Y-%m-%dT%H%M%S}")


def swap_data(data: Path, staged: Path, name: str) -> Path:
    """`staged` stands, and what stood lies in the snapshot of this name."""
    snapshot = data / "snapshots" / name
    snapshot.mkdir(parents=True, mode=0o750)
    dump = staged / POSTGRES
    if own_database() == POSTGRES:
        (snapshot / "database").mkdir()
        copy_database(snapshot / "database")
    moves = [[str(data / one), str(snapshot / one)] for one in PARTS if (data / one).exists()]
    moves += [[str(staged / one), str(data / one)] for one in PARTS if (staged / one).exists()]
    journal = {"moves": moves, "dump": str(dump) if dump.exists() else "", "staged": str(staged)}
    write_synced(data / JOURNAL, json.dumps(journal))
    finish_restore(data)
    return snapshot


def finish_restore(data: Path) -> bool:
    """Carry out what a journal says, wherever it was interrupted; whether there was one."""
    note = data / JOURNAL
    if not note.exists():
        return False
    journal = json.loads(note.read_text())
    for done in range(len(journal["moves"])):
        source, target = map(Path, journal["moves"][done])
        # Each name is moved away before another takes its place, so a taken target means: done before.
        if source.exists() and not target.exists():
            source.replace(target)
    if journal["dump"]:
        restore_dump(Path(journal["dump"]))
    sync_folder(data)
    note.unlink()
    shutil.rmtree(journal["staged"], ignore_errors=True)
    return True


def check_database_kind(manifest: dict[str, Any]) -> None:
    if own_database() not in manifest["files"]:
        here, there = (
            ("SQLite", "PostgreSQL") if own_database() == SQLITE else ("PostgreSQL", "SQLite")
        )
        raise UserInputError(f"The backup is of a server on {there}, and this one is on {here}.")


def make_empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o750)
    return folder


def write_synced(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text)
