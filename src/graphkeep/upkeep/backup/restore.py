"""Restore a backup and keep a snapshot of the previous data, so that the restore can be undone.

The archive is verified first. Then a journal lists every rename, and each rename is idempotent: the next start
completes an interrupted restore, so the server runs on the old data or the new data, never on a mixture.
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
    """Verify that a backup can be restored on this server and return its manifest; no data is changed.

    Raises:
        DamagedBackupError: the backup is incomplete or modified, or is encrypted for other keys.
        UserInputError: there is no such backup, or it is of another kind of database.
    """
    staged = make_empty(settings.DATA_DIR / "restoring")
    try:
        manifest = unpack_backup(source, staged, identity=identity)
        check_database_kind(manifest)
    finally:
        shutil.rmtree(staged)
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
    """Restore a backup; `before_swap` is called after verification, before any data is replaced.

    Raises:
        DamagedBackupError: the backup is incomplete or modified, or is encrypted for other keys; no data was changed.
        UserInputError: there is no such backup, or it is of another kind of database.
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
    """Upload restored graphs if the graph store is a bucket; must run before the database that references them is swapped in."""
    files = graph_store().files
    if isinstance(files, S3Files) and graphs.exists():
        for path in sorted(graphs.rglob("*")):
            if path.is_file():
                files.put_file(path.parent.name, path.name, path)
        shutil.rmtree(graphs)


def redraw_missing_graphs() -> int:
    """Mark graphs that are missing from the graph store, so that they are prepared again when opened; return their number."""
    stored_ids = graph_store().dataset_ids()
    missing = Dataset.objects.exclude(dataset_id__in=stored_ids).exclude(prepared_version=0)
    return missing.update(prepared_version=0)


def undo_restore() -> Path:
    """Swap back the latest snapshot, and keep the current data as a new snapshot, whose path is returned.

    Raises:
        UserInputError: there is no snapshot.
    """
    data: Path = settings.DATA_DIR
    snapshots = sorted((data / "snapshots").glob("before-*"), key=lambda path: path.stat().st_mtime)
    if not snapshots:
        raise UserInputError("There is no restore to undo.")
    staged = data / "restoring"
    shutil.rmtree(staged, ignore_errors=True)
    snapshots[-1].replace(staged)
    return swap_data(data, staged, f"before-undo-{timezone.now():%Y-%m-%dT%H%M%S}")


def swap_data(data: Path, staged: Path, name: str) -> Path:
    """Replace the data with `staged`; move the previous data to the snapshot of this name and return its path."""
    snapshot = data / "snapshots" / name
    snapshot.mkdir(parents=True, mode=0o750)
    dump = staged / POSTGRES
    if own_database() == POSTGRES:
        (snapshot / "database").mkdir()
        copy_database(snapshot / "database")
    moves = [[str(data / part), str(snapshot / part)] for part in PARTS if (data / part).exists()]
    moves += [[str(staged / part), str(data / part)] for part in PARTS if (staged / part).exists()]
    journal = {"moves": moves, "dump": str(dump) if dump.exists() else "", "staged": str(staged)}
    write_synced(data / JOURNAL, json.dumps(journal))
    finish_restore(data)
    return snapshot


def finish_restore(data: Path) -> bool:
    """Complete the restore that the journal describes; False if there is no journal."""
    journal_path = data / JOURNAL
    if not journal_path.exists():
        return False
    journal = json.loads(journal_path.read_text())
    for index in range(len(journal["moves"])):
        source, target = map(Path, journal["moves"][index])
        # The journal moves each file away before its replacement, so an existing target means that this move is complete.
        if source.exists() and not target.exists():
            source.replace(target)
    if journal["dump"]:
        restore_dump(Path(journal["dump"]))
    sync_folder(data)
    journal_path.unlink()
    shutil.rmtree(journal["staged"], ignore_errors=True)
    return True


def check_database_kind(manifest: dict[str, Any]) -> None:
    if own_database() not in manifest["files"]:
        own_kind, backup_kind = (
            ("SQLite", "PostgreSQL") if own_database() == SQLITE else ("PostgreSQL", "SQLite")
        )
        raise UserInputError(
            f"The backup is of a server on {backup_kind}, and this one is on {own_kind}."
        )


def make_empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o750)
    return folder


def write_synced(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text)
