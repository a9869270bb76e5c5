"""Create a backup while the server runs."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import GraphkeepError, UnavailableError, UserInputError
from graphkeep.store.bucket import MissingError, ObjectStoreError
from graphkeep.store.s3 import S3Files
from graphkeep.upkeep.backup.archive import DamagedBackupError, open_files, tree_hash
from graphkeep.upkeep.backup.database import copy_database, own_database
from graphkeep.upkeep.backup.targets import target_of

FOLDERS = ("graphs", "uploads")
FETCH_TRIES = 5


class BackupFailedError(UnavailableError):
    """The backup failed: none was created, and no older backup was deleted."""


@dataclass(frozen=True, kw_only=True)
class BackupResult:
    address: str
    file_count: int
    size_bytes: int
    tree_hash: str


def create_backup(
    address: Path | str,
    *,
    actor: Actor,
    recipients: tuple[str, ...] = (),
    with_secrets: bool = False,
    keep: int = 0,
) -> BackupResult:
    """Write one encrypted backup to a target. If `keep` is not 0, delete all but the `keep` newest backups there.

    Before older backups are deleted, the new one is read back and compared with its manifest.

    Raises:
        UserInputError: the target cannot be used, or the database dump failed.
        BackupFailedError: any other failure; none was created, and no older backup was deleted.
    """
    authorize(may_administer, actor, None)
    target = target_of(address)
    now = timezone.now()
    settings.TMP_DIR.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=settings.TMP_DIR, prefix="backup-"))
    try:
        # Copy the database first: every file that it references is complete and immutable.
        files = [(own_database(), copy_database(scratch))]
        if with_secrets:
            files.append(("config/custom.env", settings.DATA_DIR / "config/custom.env"))
        facts = {"made_at": now.isoformat(), "version": version("graphkeep")}
        name = f"graphkeep-{now:%Y-%m-%dT%H%M%S}.backup"
        sources = chain(
            open_files(files),
            open_files(stored_files(), skip_missing=True),  # deleted while the backup ran
            open_object_store_graphs(),
        )
        written = target.write(name, sources, facts, recipients=recipients)
        if keep:
            target.verify(written)
    except Exception as error:
        audit.record("backup.failed", actor=actor, target=str(address), reason=type(error).__name__)
        if isinstance(error, UserInputError) and not isinstance(error, DamagedBackupError):
            raise
        reason = error.message if isinstance(error, GraphkeepError) else repr(error)
        raise BackupFailedError(
            f"The backup failed, so none was made and no older one was deleted. {reason}"
        ) from error
    finally:
        shutil.rmtree(scratch)
    count = len(written.manifest["files"])
    audit.record("backup.made", actor=actor, target=written.address, files=count)
    if keep:
        target.prune(keep)
    return BackupResult(
        address=written.address,
        file_count=count,
        size_bytes=written.size_bytes,
        tree_hash=tree_hash(written.manifest),
    )


def stored_files() -> list[tuple[str, Path]]:
    """List the files of graphs and uploads, without partial files, whose names start with a dot."""
    return [
        (str(path.relative_to(settings.DATA_DIR)), path)
        for folder in FOLDERS
        for path in sorted((settings.DATA_DIR / folder).rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(settings.DATA_DIR).parts)
    ]


def open_object_store_graphs() -> Iterator[tuple[str, IO[bytes]]]:
    """Download and yield each graph file of the bucket; it is closed when the iterator advances.

    Raises:
        ObjectStoreError: the object store failed, or cannot return a file that it lists.
    """
    graphs = graph_store().files
    if not isinstance(graphs, S3Files):
        return
    missing = set()
    for dataset_id, name in list(graphs.names()):
        source = open_copy(graphs, dataset_id, name)
        if source is None:
            missing.add((dataset_id, name))
            continue
        with source:
            yield f"graphs/{dataset_id}/{name}", source
    lost = missing & set(graphs.names()) if missing else set()
    if lost:
        raise ObjectStoreError(f"The object store lists {len(lost)} files that it does not give.")


def open_copy(graphs: S3Files, dataset_id: str, name: str) -> IO[bytes] | None:
    """Open the cached copy of a file in the bucket; None if it was deleted after it was listed.

    Raises:
        ObjectStoreError: the cache evicted the file at each of the FETCH_TRIES attempts.
    """
    for _ in range(FETCH_TRIES):
        try:
            copy = graphs.open_path(dataset_id, name)
        except (FileNotFoundError, MissingError):
            return None
        try:
            return copy.open("rb")
        except FileNotFoundError:  # evicted from the cache by another process
            continue
    raise ObjectStoreError(f"{dataset_id}/{name} does not stay in the cache: GRAPHKEEP_CACHE_SIZE.")
