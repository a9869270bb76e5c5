"""Backup targets: a folder, a bucket of an S3-compatible object store, a restic repository."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from graphkeep.graph.errors import UnavailableError, UserInputError
from graphkeep.site.object_stores import open_bucket
from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.upkeep.backup.archive import (
    DamagedBackupError,
    NamedFiles,
    pack,
    seal,
    verify_stream,
    write_archive,
)
from graphkeep.upkeep.backup.pipes import piped_output

PATTERN = "graphkeep-*.backup"
TAR_NAME = "graphkeep.tar"


@dataclass(frozen=True, kw_only=True)
class WrittenBackup:
    address: str
    size_bytes: int
    manifest: dict[str, Any]


class Target(Protocol):
    def write(self, name: str, files: NamedFiles, facts: dict[str, Any], *, recipients: tuple[str, ...]) -> WrittenBackup: ...  # fmt: skip

    def verify(self, written: WrittenBackup) -> None:
        """Read the backup back and compare it with its manifest; a damaged backup is deleted.

        Raises:
            DamagedBackupError: the stored backup differs from what was written.
        """

    def prune(self, keep: int) -> None:
        """Delete all but the `keep` newest backups."""


def target_of(address: Path | str) -> Target:
    """The target of an address: a folder, `s3://bucket/prefix` or `restic:REPOSITORY`."""
    text = str(address)
    if isinstance(address, str) and text.startswith("s3://"):
        return S3Target(text)
    if isinstance(address, str) and text.startswith("restic:"):
        return ResticTarget(text.removeprefix("restic:"))
    return FolderTarget(Path(address))


@dataclass(frozen=True)
class FolderTarget:
    folder: Path

    def write(
        self, name: str, files: NamedFiles, facts: dict[str, Any], *, recipients: tuple[str, ...]
    ) -> WrittenBackup:
        if not self.folder.is_dir():
            raise UserInputError(f"{self.folder} is not a folder.")
        path = self.folder / name
        if path.exists():
            raise UserInputError(f"{path} exists; one backup a second is enough.")
        keys = settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS
        manifest = write_archive(path, files, facts, keys=keys, recipients=recipients)
        return WrittenBackup(address=str(path), size_bytes=path.stat().st_size, manifest=manifest)

    def verify(self, written: WrittenBackup) -> None:
        path = Path(written.address)
        keys = settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS
        try:
            with path.open("rb") as sealed:
                verify_stream(sealed, path.name, written.manifest, keys=keys)
        except DamagedBackupError:
            path.unlink(missing_ok=True)
            raise

    def prune(self, keep: int) -> None:
        for path in sorted(self.folder.glob(PATTERN))[:-keep]:
            path.unlink()


@dataclass(frozen=True)
class S3Target:
    """Encrypts locally and uploads in parts; the object exists only after the upload is complete."""

    address: str

    def write(
        self, name: str, files: NamedFiles, facts: dict[str, Any], *, recipients: tuple[str, ...]
    ) -> WrittenBackup:
        store = open_bucket("backup", self.address)
        if store.head(name) is not None:
            raise UserInputError(f"{name} exists there; one backup a second is enough.")
        keys = settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS
        manifests: list[dict[str, Any]] = []

        def write(sink: IO[bytes]) -> None:
            manifests.append(seal(sink, files, facts, keys=keys, recipients=recipients))

        with piped_output(write) as source:
            store.put(name, source)
        entry = store.head(name)
        if entry is None:
            raise UnavailableError(f"The object store took {name} and does not have it.")
        address = f"{self.address.rstrip('/')}/{name}"
        return WrittenBackup(address=address, size_bytes=entry.size_bytes, manifest=manifests[0])

    def verify(self, written: WrittenBackup) -> None:
        store = open_bucket("backup", self.address)
        name = written.address.rpartition("/")[2]
        keys = settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS
        try:
            with store.reading(name) as sealed:
                verify_stream(sealed, name, written.manifest, keys=keys)
        except DamagedBackupError:
            store.delete(name)
            raise

    def prune(self, keep: int) -> None:
        store = open_bucket("backup", self.address)
        pattern = re.compile(PATTERN.replace(".", r"\.").replace("*", "[^/]*"))
        for key in sorted(entry.key for entry in store.entries() if pattern.fullmatch(entry.key))[
            :-keep
        ]:
            store.delete(key)


@dataclass(frozen=True)
class ResticTarget:
    """Writes the plain tar archive: restic encrypts it, and deduplicates better without our encryption."""

    repository: str

    def write(
        self, name: str, files: NamedFiles, facts: dict[str, Any], *, recipients: tuple[str, ...]
    ) -> WrittenBackup:
        if recipients:
            raise UserInputError(
                "restic encrypts by its own password: --recipient is for the other targets."
            )
        manifest: dict[str, Any] = {**facts, "files": {}}
        if self.run("cat", "config", check=False).returncode != 0:
            self.run("init")
        arguments = ["backup", "--quiet", "--stdin", "--stdin-filename", TAR_NAME, *self.tags()]
        process = self.start(*arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        if process.stdin is None or process.stderr is None:
            raise UnavailableError("restic has no pipes.")
        try:
            pack(process.stdin, files, manifest)
            process.stdin.close()
        except BaseException as error:
            process.kill()  # before its input ends, so that no partial snapshot is saved
            output = process.stderr.read().decode(errors="replace")
            process.wait()
            if isinstance(error, BrokenPipeError):
                raise UnavailableError(f"restic failed: {output.strip()[-500:]}") from error
            raise
        output = process.stderr.read().decode(errors="replace")
        if process.wait() != 0:
            raise UnavailableError(f"restic failed: {output.strip()[-500:]}")
        size = sum(entry["size"] for entry in manifest["files"].values())
        return WrittenBackup(
            address=f"restic:{self.repository}", size_bytes=size, manifest=manifest
        )

    def verify(self, written: WrittenBackup) -> None:
        """Run `restic check`. A partial snapshot cannot exist: `write` kills restic before its input ends early."""
        self.run("check", "--quiet")

    def prune(self, keep: int) -> None:
        self.run("forget", "--quiet", "--keep-last", str(keep), "--prune", *self.tags())

    def tags(self) -> list[str]:
        tags = [tag.strip() for tag in settings.RESTIC_TAGS.split(",") if tag.strip()]
        return ["--tag", ",".join(tags)] if tags else []

    def run(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[bytes]":
        completed = subprocess.run(
            [self.program(), *words], env=self.env(), capture_output=True, check=False
        )
        if check and completed.returncode != 0:
            output = completed.stderr.decode(errors="replace").strip()
            raise UnavailableError(f"restic {words[0]} failed: {output[-500:]}")
        return completed

    def start(self, *words: str, **pipes: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([self.program(), *words], env=self.env(), **pipes)

    def program(self) -> str:
        path = shutil.which("restic")
        if path is None:
            raise UserInputError("restic is not installed: apt-get install restic")
        if runtime_setting("IS_AIR_GAPPED") and re.match(r"[a-z0-9]{2,}:", self.repository):
            raise UserInputError("Air gap is on: restic writes into a local folder only.")
        return path

    def env(self) -> dict[str, str]:
        if not settings.RESTIC_PASSWORD:
            raise UserInputError("RESTIC_PASSWORD is not set: restic needs it for encryption.")
        keys = settings.S3_SETTINGS["backup"]
        variables = {
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_DEFAULT_REGION": keys["region"],
        }
        return {
            **os.environ,
            **{name: text for name, text in variables.items() if text},
            "RESTIC_REPOSITORY": self.repository,
            "RESTIC_PASSWORD": settings.RESTIC_PASSWORD,
            "RESTIC_CACHE_DIR": str(settings.DATA_DIR / "cache/restic"),
        }


@contextmanager
def open_backup(address: str) -> Iterator[tuple[IO[bytes], str, bool]]:
    """Open a backup: its stream, its name for messages, and whether it has our encryption layer.

    `-` is standard input; `s3://bucket/prefix/` is the newest backup there; `restic:REPOSITORY` is the latest
    snapshot.
    """
    if address == "-":
        yield sys.stdin.buffer, "standard input", True
    elif address.startswith("s3://"):
        folder, _, name = address.rpartition("/")
        store = open_bucket("backup", folder if urlsplit(folder).netloc else address)
        if not name.endswith(".backup"):
            store = open_bucket("backup", address)
            keys = sorted(entry.key for entry in store.entries() if entry.key.endswith(".backup"))
            if not keys:
                raise UserInputError(f"{address} contains no backup.")
            name = keys[-1]
        with store.reading(name) as source:
            yield source, name, True
    elif address.startswith("restic:"):
        target = ResticTarget(address.removeprefix("restic:"))
        arguments = ("dump", "--quiet", *target.tags(), "latest", f"/{TAR_NAME}")
        process = target.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if process.stdout is None or process.stderr is None:
            raise UnavailableError("restic has no pipes.")
        try:
            yield process.stdout, address, False
        except DamagedBackupError as error:
            process.kill()
            text = process.stderr.read().decode(errors="replace").strip()
            raise UserInputError(f"{error} {text[-300:]}".strip()) from error
        finally:
            process.kill()
            process.wait()
    else:
        path = Path(address)
        if not path.is_file():
            raise UserInputError(f"There is no file {path}.")
        with path.open("rb") as source:
            yield source, path.name, True
