"""Make a backup while the server runs."""

import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.graph.errors import UserInputError
from graphkeep.upkeep.backup.archive import tree_hash, write_archive
from graphkeep.upkeep.backup.database import copy_database, own_database

FOLDERS = ("graphs", "uploads")
PATTERN = "graphkeep-*.backup"


@dataclass(frozen=True, kw_only=True)
class Made:
    path: Path
    file_count: int
    size_bytes: int
    tree_hash: str


def make_backup(
    folder: Path,
    *,
    actor: Actor,
    recipients: tuple[str, ...] = (),
    with_secrets: bool = False,
    keep: int = 0,
) -> Made:
    """One encrypted file in the folder; with `keep`, only so many of the newest stay there.

    Raises:
        UserInputError: the folder cannot be used, or the database's program failed.
    """
    authorize(may_administer, actor, None)
    if not folder.is_dir():
        raise UserInputError(f"{folder} is not a folder.")
    now = timezone.now()
    target = folder / f"graphkeep-{now:%Y-%m-%dT%H%M%S}.backup"
    if target.exists():
        raise UserInputError(f"{target} exists; one backup a second is enough.")
    settings.TMP_DIR.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=settings.TMP_DIR, prefix="backup-"))
    try:
        # The database first: every file that it knows is whole and is not changed afterwards.
        files = [(own_database(), copy_database(aside))]
        files += stored_files()
        if with_secrets:
            files.append(("config/custom.env", settings.DATA_DIR / "config/custom.env"))
        facts = {"made_at": now.isoformat(), "version": version("graphkeep")}
        keys = settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS
        manifest = write_archive(target, present(files), facts, keys=keys, recipients=recipients)
    finally:
        shutil.rmtree(aside)
    audit.record("backup.made", actor=actor, target=target.name, files=len(manifest["files"]))
    for old in sorted(folder.glob(PATTERN))[:-keep] if keep else []:
        old.unlink()
    return Made(
        path=target,
        file_count=len(manifest["files"]),
        size_bytes=target.stat().st_size,
        tree_hash=tree_hash(manifest),
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


def present(files: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """A graph may be deleted while we copy; the database's copy then still names it, as it did."""
    return [(name, path) for name, path in files if path.exists()]
