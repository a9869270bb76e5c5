"""Make a backup while the server runs."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.datasets.storage import graph_store
from graphkeep.store.s3 import S3Store
from graphkeep.upkeep.backup.archive import tree_hash
from graphkeep.upkeep.backup.database import copy_database, own_database
from graphkeep.upkeep.backup.targets import target_of

FOLDERS = ("graphs", "uploads")


@dataclass(frozen=True, kw_only=True)
class Made:
    address: str
    file_count: int
    size_bytes: int
    tree_hash: str


def make_backup(
    said: Path | str,
    *,
    actor: Actor,
    recipients: tuple[str, ...] = (),
    with_secrets: bool = False,
    keep: int = 0,
) -> Made:
    """One encrypted backup at a target; with `keep`, only so many of the newest stay there.

    Raises:
        UserInputError: the target cannot be used, or the database's program failed.
        UnavailableError: the target does not do what it should.
    """
    authorize(may_administer, actor, None)
    target = target_of(said)
    now = timezone.now()
    settings.TMP_DIR.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=settings.TMP_DIR, prefix="backup-"))
    try:
        # The database first: every file that it knows is whole and is not changed afterwards.
        files = [(own_database(), copy_database(aside))]
        if with_secrets:
            files.append(("config/custom.env", settings.DATA_DIR / "config/custom.env"))
        facts = {"made_at": now.isoformat(), "version": version("graphkeep")}
        name = f"graphkeep-{now:%Y-%m-%dT%H%M%S}.backup"
        everything = chain(files, stored_files(), graphs_elsewhere())
        written = target.write(name, everything, facts, recipients=recipients)
    finally:
        shutil.rmtree(aside)
    count = len(written.manifest["files"])
    audit.record("backup.made", actor=actor, target=written.address, files=count)
    if keep:
        target.keep(keep)
    return Made(
        address=written.address,
        file_count=count,
        size_bytes=written.size_bytes,
        tree_hash=tree_hash(written.manifest),
    )


def stored_files() -> list[tuple[str, Path]]:
    """What the graph store and the uploads hold; names with a dot are not finished yet."""
    return [
        (str(path.relative_to(settings.DATA_DIR)), path)
        for folder in FOLDERS
        for path in sorted((settings.DATA_DIR / folder).rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(settings.DATA_DIR).parts)
    ]


def graphs_elsewhere() -> Iterator[tuple[str, Path]]:
    """Graphs that rest in a bucket, each file fetched when its turn comes."""
    home = graph_store()
    if isinstance(home, S3Store):
        for dataset_id, name in list(home.names()):
            with suppress(FileNotFoundError):
                yield f"graphs/{dataset_id}/{name}", home.copy_of(dataset_id, name)
