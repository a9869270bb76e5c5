"""The members of a zip or tar that could be tables, and why the others are left out.

Nothing is written to a disk under a member's name, so a name that leaves its folder could do no harm; it is left out
all the same, because no honest program writes it.
"""

import io
import lzma
import posixpath
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair

MAX_MEMBERS = 10_000
MAX_TOTAL_BYTES = 16 << 30
BOMB_BYTES = 256 << 20  # from here on the ratio counts
MAX_RATIO = 200
MAX_DEPTH = 2
MAX_INNER_ARCHIVE_BYTES = 16 << 20  # of larger ones the bytes count as they are read
MAX_NAMES_LISTED = 10
NOT_TABLES = (
    "readme", "license", "licence", "copying", "notice", "changelog", "changes", "authors", "contributing",
    "makefile", "dockerfile", "manifest.mf", "thumbs.db", "desktop.ini", "icon\r",
)  # fmt: skip
NOT_TABLE_SUFFIXES = (
    ".md", ".rst", ".html", ".htm", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".doc",
    ".docx", ".ppt", ".pptx", ".py", ".r", ".ipynb", ".js", ".css", ".sh", ".sql", ".exe", ".dll", ".so", ".class",
    ".pyc", ".sha256", ".md5", ".asc", ".sig", ".css.map", ".license",
)  # fmt: skip
NOT_A_TABLE = "no tables by their names"
SYSTEM_FILE = "files that an operating system adds"


@dataclass(frozen=True, kw_only=True)
class Member:
    name: str
    content: bytes


@dataclass
class Budget:
    """What one archive, with those inside it, may still expand to; and what was left out of it, by reason."""

    archive_bytes: int
    members: int = MAX_MEMBERS
    used_bytes: int = 0
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def leave_out(self, name: str, reason: str) -> None:
        self.left_out.setdefault(reason, []).append(name)

    def take(self, size: int) -> None:
        """Raises UnreadableFileError: this is a bomb."""
        self.used_bytes += max(0, size)
        self.expect(0)

    def expect(self, size: int) -> None:
        """Raises UnreadableFileError: with so many bytes more this is a bomb."""
        total = self.used_bytes + max(0, size)
        ratio = total / max(1, self.archive_bytes)
        if total > MAX_TOTAL_BYTES or (total > BOMB_BYTES and ratio > MAX_RATIO):
            raise UnreadableFileError(
                f"The archive has {self.archive_bytes:,} bytes and would expand to more than "
                f"{total:,}. Upload its tables without the archive."
            )

    def count(self) -> None:
        """Raises UnreadableFileError: there are too many members."""
        self.members -= 1
        if self.members < 0:
            raise UnreadableFileError(
                f"The archive contains more than {MAX_MEMBERS:,} files. Upload fewer at once."
            )

    def repairs(self) -> Iterator[Repair]:
        """One repair for each reason to leave members out."""
        for reason, names in self.left_out.items():
            shown = ", ".join(shorten(name) for name in names[:MAX_NAMES_LISTED])
            more = (
                f" and {len(names) - MAX_NAMES_LISTED} more"
                if len(names) > MAX_NAMES_LISTED
                else ""
            )
            yield Repair(
                code="member-left-out",
                message=f"{len(names)} of the archive's files are left out, as {reason}: {shown}{more}.",
                count=len(names),
                before=names[0],
            )


def shorten(name: str) -> str:
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
    return text if len(text) <= 80 else text[:40] + "…" + text[-39:]


def reason_of_name(name: str) -> str | None:
    """Why a file of this name is left out."""
    parts = name.replace("\\", "/").split("/")
    base = parts[-1].lower()
    if name.startswith(("/", "\\")) or ".." in parts or "\x00" in name or parts[0].endswith(":"):
        return "names that lead out of the archive"
    if ".git" in parts[:-1]:
        return "parts of a Git repository"
    if "__MACOSX" in parts or base.startswith(".") or base in {"thumbs.db", "desktop.ini"}:
        return SYSTEM_FILE
    stem = posixpath.splitext(base)[0]
    if base in NOT_TABLES or stem in NOT_TABLES or base.endswith(NOT_TABLE_SUFFIXES):
        return NOT_A_TABLE
    return None


def zip_members(stream: BinaryIO, budget: Budget) -> Iterator[Member]:
    """The members of a zip, one after another, in its order.

    Raises:
        UnreadableFileError: it is damaged, or expands too far.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnreadableFileError(f"This does not read as zip: {error}") from error
    infos = [info for info in archive.infolist() if not info.is_dir()]
    for _ in infos:
        budget.count()  # before the first one is read
    for info in infos:
        reason = reason_of_name(info.filename) or reason_of_zip(info)
        if reason is not None:
            budget.leave_out(info.filename, reason)
            continue
        budget.take(info.file_size)
        try:
            content = archive.read(info)
        except NotImplementedError:
            budget.leave_out(info.filename, "compressed in a way that is not read")
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError) as error:  # fmt: skip
            raise_if_exhausted(error)
            budget.leave_out(info.filename, f"damaged ({str(error).splitlines()[0][:80]})")
        else:
            yield Member(name=info.filename, content=content)


def expect_declared_bytes(stream: BinaryIO, budget: Budget, *, depth: int = 1) -> int:
    """The bytes that a zip and those in it declare to expand to, known before any member is read.

    Raises:
        UnreadableFileError: it is a bomb.
    """
    declared = 0
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = [
                info
                for info in archive.infolist()
                if not (info.is_dir() or reason_of_name(info.filename) or reason_of_zip(info))
            ]
            if len(archive.infolist()) > budget.members:
                return 0  # too many, which is refused where they are counted
            declared = sum(info.file_size for info in infos)
            budget.expect(declared)
            for info in infos if depth < MAX_DEPTH else ():
                if (
                    info.filename.lower().endswith(".zip")
                    and info.file_size <= MAX_INNER_ARCHIVE_BYTES
                ):
                    inner = io.BytesIO(archive.read(info))
                    declared += expect_declared_bytes(inner, budget, depth=depth + 1)
                    budget.expect(declared)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError):  # fmt: skip
        return declared  # damaged members are left out where they are read
    finally:
        stream.seek(0)
    return declared


def reason_of_zip(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & 1:
        return "encrypted"
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "links or devices"
    if info.file_size == 0:
        return "empty"
    return None


def tar_members(stream: BinaryIO, budget: Budget) -> Iterator[Member]:
    """The members of a tar, one after another.

    Raises:
        UnreadableFileError: it is damaged, or expands too far.
    """
    try:
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            for info in archive:
                if info.isdir():
                    continue
                budget.count()
                reason = reason_of_name(info.name.removeprefix("./"))
                if reason is None and not info.isreg():
                    reason = "links or devices"
                if reason is None and info.size == 0:
                    reason = "empty"
                if reason is not None:
                    budget.leave_out(info.name, reason)
                    continue
                budget.take(info.size)
                content = content_of(archive, info)
                if len(content) < info.size:
                    budget.leave_out(info.name, "cut short")
                    return
                yield Member(name=info.name.removeprefix("./"), content=content)
                archive.members = []  # type: ignore[attr-defined]  # the list would hold every header
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise UnreadableFileError(f"This does not read as tar: {error}") from error


def content_of(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    """The bytes of a member; none where the archive ends within it."""
    file = archive.extractfile(info)
    try:
        return b"" if file is None else file.read()
    except tarfile.ReadError:
        return b""


def raise_if_exhausted(error: BaseException) -> None:
    """A disk or memory limit is no fault of the member."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error
