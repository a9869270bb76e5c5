"""Backup file format: a header line with the key id, then a tar archive encrypted in the age format.

age encrypts in numbered chunks and marks the last one (STREAM; Hoang, Reyhanitabar, Rogaway and Vizár, 2015),
so decryption fails for a file that was truncated, reordered or modified. The last entry of the tar archive is
a manifest with the SHA-256 of every file.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyrage

from graphkeep.graph.errors import UserInputError
from graphkeep.store.atomic import atomic_write
from graphkeep.upkeep.backup.keys import identities
from graphkeep.upkeep.backup.pipes import pipe

FIRST_LINE = "graphkeep-backup 1"
MANIFEST = "manifest.json"
BLOCK = 1 << 20
NamedFiles = Iterable[tuple[str, IO[bytes]]]


class DamagedBackupError(UserInputError):
    """The backup is incomplete or modified, or no available encryption key decrypts it."""


def write_archive(
    target: Path,
    files: NamedFiles,
    facts: dict[str, Any],
    *,
    keys: str,
    recipients: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Write a backup file atomically, with mode 0600, and return its manifest.

    Raises:
        UserInputError: a recipient is not a valid age recipient.
    """
    with atomic_write(target, mode=0o600) as temporary, temporary.open("wb") as sink:
        return seal(sink, files, facts, keys=keys, recipients=recipients)


def seal(
    sink: IO[bytes],
    files: NamedFiles,
    facts: dict[str, Any],
    *,
    keys: str,
    recipients: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Write a backup to a stream and return its manifest; the stream is a valid backup only if no error is raised.

    Raises:
        UserInputError: a recipient is not a valid age recipient.
    """
    name, identity = next(iter(identities(keys).items()))
    try:
        extra_recipients = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError as error:
        raise UserInputError(f"A recipient looks like age1…: {error}") from error
    manifest: dict[str, Any] = {**facts, "files": {}}
    sink.write(f"{FIRST_LINE} key={name}\n".encode())
    pipe(
        lambda plain: pack(plain, files, manifest),
        lambda plain: pyrage.encrypt_io(plain, sink, [identity.to_public(), *extra_recipients]),
    )
    return manifest


def pack(plain: IO[bytes], files: NamedFiles, manifest: dict[str, Any]) -> None:
    with tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, source in files:
            entry = tarfile.TarInfo(name)
            entry.size = os.fstat(source.fileno()).st_size
            entry.mode = 0o640
            entry.mtime = int(os.fstat(source.fileno()).st_mtime)
            reader = HashingReader(source)
            tar.addfile(entry, reader)
            manifest["files"][name] = {"size": entry.size, "sha256": reader.digest.hexdigest()}
        payload = json.dumps(manifest).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(payload)
        tar.addfile(entry, io.BytesIO(payload))


def open_files(
    paths: Iterable[tuple[str, Path]], *, skip_missing: bool = False
) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield each file opened for reading; it is closed when the iterator advances.

    `skip_missing` skips files that were deleted after they were listed.
    """
    for name, path in paths:
        try:
            source = path.open("rb")
        except FileNotFoundError:
            if not skip_missing:
                raise
            continue
        with source:
            yield name, source


def read_archive(source: Path, into: Path, *, keys: str, identity: str = "") -> dict[str, Any]:
    """Unpack a backup into an empty folder, verify every file, and return the manifest.

    Raises:
        DamagedBackupError: the file is not a backup, is incomplete or modified, or is encrypted for other keys.
    """
    with source.open("rb") as sealed:
        return read_stream(sealed, source.name, into, keys=keys, identity=identity)


def read_stream(
    sealed: IO[bytes], called: str, into: Path, *, keys: str, identity: str = ""
) -> dict[str, Any]:
    """Unpack and verify a backup from a stream; its integrity is known only after the last byte.

    Raises:
        DamagedBackupError: the stream is not a backup, is incomplete or modified, or is encrypted for other keys.
    """
    own_identities = identities(keys)
    header = sealed.readline(200).decode(errors="replace").strip()
    if not header.startswith(f"{FIRST_LINE} key="):
        raise DamagedBackupError(f"{called} is not a backup of this server.")
    key_name = header.partition("key=")[2]
    candidates = (
        [own_identities[key_name]] if key_name in own_identities else list(own_identities.values())
    )
    if identity:
        candidates.append(pyrage.x25519.Identity.from_str(identity))
    try:
        pipe(
            lambda plain: pyrage.decrypt_io(sealed, plain, candidates),
            lambda plain: unpack(plain, into),
        )
    except pyrage.DecryptError as error:
        if key_name not in own_identities and not identity:
            raise DamagedBackupError(
                f"{called} needs the encryption key {key_name}; this server has {', '.join(own_identities)}. Put that key "
                "into GRAPHISTRY_NEXUS_ENCRYPTION_KEYS, after the present one."
            ) from error
        raise DamagedBackupError(f"{called} was changed or cut: {error}") from error
    except (OSError, tarfile.TarError, EOFError) as error:
        raise DamagedBackupError(f"{called} was changed or cut: {error}") from error
    return verify_folder(into, called)


def verify_stream(sealed: IO[bytes], called: str, manifest: dict[str, Any], *, keys: str) -> None:
    """Decrypt a new backup and compare every file with the manifest, without unpacking to disk.

    Raises:
        DamagedBackupError: the stored backup differs from what was written.
    """
    header = sealed.readline(200).decode(errors="replace").strip()
    key_name, identity = next(iter(identities(keys).items()))
    if header != f"{FIRST_LINE} key={key_name}":
        raise DamagedBackupError(f"{called} does not read back as a backup.")
    try:
        pipe(
            lambda plain: pyrage.decrypt_io(sealed, plain, [identity]),
            lambda plain: verify_tar(plain, called, manifest),
        )
    except (pyrage.DecryptError, OSError, tarfile.TarError, EOFError) as error:
        raise DamagedBackupError(f"{called} does not read back: {error}") from error


def verify_tar(plain: IO[bytes], called: str, manifest: dict[str, Any]) -> None:
    hashes: dict[str, str] = {}
    stored_manifest: bytes = b""
    with tarfile.open(fileobj=plain, mode="r|") as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if content is None:
                raise DamagedBackupError(
                    f"{called} contains '{entry.name}', which is not part of any backup."
                )
            if entry.name == MANIFEST:
                stored_manifest = content.read()
            else:
                hashes[entry.name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    while plain.read(BLOCK):
        pass
    if not stored_manifest or json.loads(stored_manifest) != manifest:
        raise DamagedBackupError(f"{called} does not end with its manifest.")
    if hashes != {name: entry["sha256"] for name, entry in manifest["files"].items()}:
        raise DamagedBackupError(f"{called} does not hold the files that its manifest names.")


def read_plain(plain: IO[bytes], called: str, into: Path) -> dict[str, Any]:
    """Unpack and verify a tar archive without our encryption layer, as stored in restic.

    Raises:
        DamagedBackupError: the archive is incomplete or modified.
    """
    try:
        unpack(plain, into)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise DamagedBackupError(f"{called} was changed or cut: {error}") from error
    return verify_folder(into, called)


def unpack(plain: IO[bytes], into: Path) -> None:
    with tarfile.open(fileobj=plain, mode="r|") as tar:
        for entry in tar:
            relative_path = PurePosixPath(entry.name)
            if not entry.isreg() or relative_path.is_absolute() or ".." in relative_path.parts:
                raise DamagedBackupError(
                    f"The backup contains '{entry.name}', which is not part of any backup."
                )
            path = into / relative_path
            path.parent.mkdir(parents=True, exist_ok=True)
            content = tar.extractfile(entry)
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb"
            ) as sink:
                while content is not None and (block := content.read(BLOCK)):
                    sink.write(block)
                sink.flush()
                os.fsync(sink.fileno())
    while plain.read(BLOCK):
        pass


def verify_folder(folder: Path, name: str) -> dict[str, Any]:
    """Check that the folder contains exactly the files of its manifest, unmodified; return the manifest.

    Raises:
        DamagedBackupError: the manifest is missing, or a file is missing, modified or not listed in it.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        entries = manifest["files"]
    except (OSError, ValueError, KeyError) as error:
        raise DamagedBackupError(f"{name} has no manifest: it was cut.") from error
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    if present != {*entries, MANIFEST}:
        raise DamagedBackupError(f"{name} does not hold the files that its manifest names.")
    for file, entry in entries.items():
        if hash_of(folder / file) != entry["sha256"]:
            raise DamagedBackupError(f"{name}: {file} is not what was backed up.")
    (folder / MANIFEST).unlink()
    return manifest


def hash_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def tree_hash(manifest: dict[str, Any]) -> str:
    """SHA-256 over the name, size and content hash of every file."""
    lines = [
        f"{name} {entry['size']} {entry['sha256']}\n"
        for name, entry in sorted(manifest["files"].items())
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


class HashingReader:
    """A reader that computes the SHA-256 of what it reads."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.source.read(size)
        self.digest.update(block)
        return block
