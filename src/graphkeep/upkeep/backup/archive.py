"""The file of a backup: one line that names its key, then a tar in the age format, then nothing.

age encrypts in chunks that are numbered and end with a marked last one (STREAM; Hoang, Reyhanitabar, Rogaway
and Vizár, 2015), so a file that was cut, reordered or changed anywhere does not open. The tar ends with a
manifest of every file's SHA-256.
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
    """The file is not a whole backup that the keys here open."""


def write_archive(
    target: Path,
    files: NamedFiles,
    facts: dict[str, Any],
    *,
    keys: str,
    recipients: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Write it whole or not at all, mode 0600; the manifest that it ends with.

    Raises:
        UserInputError: a recipient is none.
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
    """The same into a stream, which is a backup once it has ended without an error."""
    name, identity = next(iter(identities(keys).items()))
    try:
        others = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError as error:
        raise UserInputError(f"A recipient looks like age1…: {error}") from error
    manifest: dict[str, Any] = {**facts, "files": {}}
    sink.write(f"{FIRST_LINE} key={name}\n".encode())
    pipe(
        lambda plain: pack(plain, files, manifest),
        lambda plain: pyrage.encrypt_io(plain, sink, [identity.to_public(), *others]),
    )
    return manifest


def pack(plain: IO[bytes], files: NamedFiles, manifest: dict[str, Any]) -> None:
    with tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, source in files:
            entry = tarfile.TarInfo(name)
            entry.size = os.fstat(source.fileno()).st_size
            entry.mode = 0o640
            entry.mtime = int(os.fstat(source.fileno()).st_mtime)
            counted = HashingReader(source)
            tar.addfile(entry, counted)
            manifest["files"][name] = {"size": entry.size, "sha256": counted.digest.hexdigest()}
        text = json.dumps(manifest).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))


def open_files(
    paths: Iterable[tuple[str, Path]], *, skip_missing: bool = False
) -> Iterator[tuple[str, IO[bytes]]]:
    """Each file, open while it is the iterator's current one.

    With `skip_missing` a file that was deleted since it was listed is left out.
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
    """Unpack into an empty folder and check every byte; the manifest.

    Raises:
        DamagedBackupError: it is no backup, not whole, changed, or not for these keys.
    """
    with source.open("rb") as sealed:
        return read_stream(sealed, source.name, into, keys=keys, identity=identity)


def read_stream(
    sealed: IO[bytes], called: str, into: Path, *, keys: str, identity: str = ""
) -> dict[str, Any]:
    """The same from a stream of which nothing is known before its end."""
    own = identities(keys)
    first = sealed.readline(200).decode(errors="replace").strip()
    if not first.startswith(f"{FIRST_LINE} key="):
        raise DamagedBackupError(f"{called} is not a backup of this server.")
    name = first.partition("key=")[2]
    opening = [own[name]] if name in own else list(own.values())
    if identity:
        opening.append(pyrage.x25519.Identity.from_str(identity))
    try:
        pipe(
            lambda plain: pyrage.decrypt_io(sealed, plain, opening),
            lambda plain: unpack(plain, into),
        )
    except pyrage.DecryptError as error:
        if name not in own and not identity:
            raise DamagedBackupError(
                f"{called} is for the key {name}, and the keys here are {', '.join(own)}. Put that key "
                "into GRAPHISTRY_NEXUS_ENCRYPTION_KEYS, after the present one."
            ) from error
        raise DamagedBackupError(f"{called} was changed or cut: {error}") from error
    except (OSError, tarfile.TarError, EOFError) as error:
        raise DamagedBackupError(f"{called} was changed or cut: {error}") from error
    return verify_folder(into, called)


def verify_stream(sealed: IO[bytes], called: str, manifest: dict[str, Any], *, keys: str) -> None:
    """Decrypt a backup that was just written and compare every file in it with its manifest; nothing is unpacked.

    Raises:
        DamagedBackupError: it is not what was written.
    """
    first = sealed.readline(200).decode(errors="replace").strip()
    name, identity = next(iter(identities(keys).items()))
    if first != f"{FIRST_LINE} key={name}":
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
    last: bytes = b""
    with tarfile.open(fileobj=plain, mode="r|") as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if content is None:
                raise DamagedBackupError(f"{called} holds '{entry.name}', which no backup holds.")
            if entry.name == MANIFEST:
                last = content.read()
            else:
                hashes[entry.name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    while plain.read(BLOCK):
        pass
    if not last or json.loads(last) != manifest:
        raise DamagedBackupError(f"{called} does not end with its manifest.")
    if hashes != {name: entry["sha256"] for name, entry in manifest["files"].items()}:
        raise DamagedBackupError(f"{called} does not hold the files that its manifest names.")


def read_plain(plain: IO[bytes], called: str, into: Path) -> dict[str, Any]:
    """The tar without its envelope, as restic keeps it."""
    try:
        unpack(plain, into)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise DamagedBackupError(f"{called} was changed or cut: {error}") from error
    return verify_folder(into, called)


def unpack(plain: IO[bytes], into: Path) -> None:
    with tarfile.open(fileobj=plain, mode="r|") as tar:
        for entry in tar:
            place = PurePosixPath(entry.name)
            if not entry.isreg() or place.is_absolute() or ".." in place.parts:
                raise DamagedBackupError(f"The backup holds '{entry.name}', which no backup holds.")
            path = into / place
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
    """The manifest, once every file is as it says and no other is there."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        entries = manifest["files"]
    except (OSError, ValueError, KeyError) as error:
        raise DamagedBackupError(f"{name} has no manifest: it was cut.") from error
    present = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    if present != {*entries, MANIFEST}:
        raise DamagedBackupError(f"{name} does not hold the files that its manifest names.")
    for file, one in entries.items():
        if hash_of(folder / file) != one["sha256"]:
            raise DamagedBackupError(f"{name}: {file} is not what was backed up.")
    (folder / MANIFEST).unlink()
    return manifest


def hash_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def tree_hash(manifest: dict[str, Any]) -> str:
    """One hash over every file's name, size and content."""
    lines = [
        f"{name} {one['size']} {one['sha256']}\n" for name, one in sorted(manifest["files"].items())
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


class HashingReader:
    """A file that is hashed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.source.read(size)
        self.digest.update(block)
        return block
