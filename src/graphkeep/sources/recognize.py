"""Which format bytes are, by content; the suffix of a name only breaks ties."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.file_format import FileFormat

HEAD_BYTES = 1 << 16
SIGNATURE = 0.9  # a score from which on nothing else begins like this
LIKELY = 0.5
SUFFIX_BONUS = 0.2
BELOW = 0.89  # what a suffix can lift a score to: it never outweighs a signature
TIE_BREAK = 0.001
XML = re.compile(rb"\s*<(?:\?xml\b|[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>)")


@dataclass(frozen=True, kw_only=True)
class UnreadKind:
    """A kind of file that is no table, and what its sender can do instead."""

    label: str
    matches: Callable[[bytes], bool]
    advice: str

    @property
    def sentence(self) -> str:
        return f"This is {self.label}, which is not read. {self.advice}"


def begins_with(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


def as_image(label: str, *beginnings: bytes) -> UnreadKind:
    return UnreadKind(
        label=label,
        matches=begins_with(*beginnings),
        advice="Upload the table that it shows, for example as CSV.",
    )


UNREAD_KINDS = (
    UnreadKind(
        label="a PDF document",
        matches=lambda head: b"%PDF-" in head[:1024],
        advice="Export its tables as CSV or Excel.",
    ),
    as_image("a PNG image", b"\x89PNG\r\n\x1a\n"),
    as_image("a JPEG image", b"\xff\xd8\xff"),
    as_image("a GIF image", b"GIF87a", b"GIF89a"),
    as_image("a TIFF image", b"II*\x00", b"MM\x00*"),
    UnreadKind(
        label="a WebP image",
        matches=lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
        advice="Upload the table that it shows, for example as CSV.",
    ),
    UnreadKind(
        label="an SQLite database",
        matches=begins_with(b"SQLite format 3\x00"),
        advice="Export a table of it, for example with: sqlite3 -header -csv FILE 'select * from TABLE'.",
    ),
    UnreadKind(
        label="a program",
        matches=lambda head: head.startswith(
            (b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
        )
        or (head.startswith(b"MZ") and b"PE\x00\x00" in head[:2048]),
        advice="Upload a table or a graph file.",
    ),
    UnreadKind(
        label="a Windows event log (.evtx)",
        matches=begins_with(b"ElfFile\x00"),
        advice="Export its events as CSV, or as JSON with evtx_dump.",
    ),
    UnreadKind(
        label="an HDF5 file",
        matches=begins_with(b"\x89HDF\r\n\x1a\n"),
        advice="Export its tables as Parquet or CSV.",
    ),
    UnreadKind(
        label="an Avro file",
        matches=begins_with(b"Obj\x01"),
        advice="Convert it to Parquet or JSON.",
    ),
    UnreadKind(
        label="a Python pickle",
        matches=lambda head: head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05" and len(head) > 2,
        advice="It could run code; write the table with to_parquet or to_csv.",
    ),
    UnreadKind(
        label="a 7-Zip archive",
        matches=begins_with(b"7z\xbc\xaf\x27\x1c"),
        advice="Pack the files as .zip or .tar.gz.",
    ),
    UnreadKind(
        label="a RAR archive",
        matches=begins_with(b"Rar!\x1a\x07"),
        advice="Pack the files as .zip or .tar.gz.",
    ),
    UnreadKind(
        label="a Git pack or index",
        matches=begins_with(b"PACK\x00\x00\x00", b"DIRC\x00\x00\x00"),
        advice="Upload a table or a graph file.",
    ),
)  # fmt: skip
OTHER_XML = UnreadKind(
    label="XML of no vocabulary that this server knows",
    matches=lambda head: XML.match(without_mark(head)) is not None,
    advice="Graph files in GEXF and GraphML are read; other XML can be converted to CSV or JSON.",
)


def without_mark(head: bytes) -> bytes:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf")


def unread_kind_of(head: bytes) -> UnreadKind | None:
    """The kind of file that this is, of those that are known and not read."""
    kinds = (*UNREAD_KINDS, OTHER_XML)
    return next((kind for kind in kinds if kind.matches(head)), None)


def score_of(file_format: FileFormat, head: bytes, name: str) -> float:
    """How sure these first bytes are of this format, 0 to 1; without the name's suffix."""
    if file_format.recognize is None:
        return 0.0
    return min(1.0, max(0.0, file_format.recognize(head, name)))


def recognize_format(
    head: bytes, name: str, formats: Iterable[FileFormat], *, fallback: FileFormat
) -> FileFormat:
    """The format of a file that begins with `head`; the fallback is what text is that no other format claims.

    Raises:
        UnreadableFileError: it is of a kind that is known and not read.
    """
    suffix = PurePath(name).suffix.lower()
    best, best_score = fallback, 0.0
    for file_format in formats:
        score = score_of(file_format, head, name)
        has_suffix = suffix in file_format.suffixes
        if file_format.recognize is None:
            score = LIKELY - SUFFIX_BONUS / 2 if has_suffix and file_format is not fallback else 0.0
        if score > 0 and has_suffix:
            score = score + TIE_BREAK if score >= SIGNATURE else min(score + SUFFIX_BONUS, BELOW)
        if score >= LIKELY and score > best_score:
            best, best_score = file_format, score
    if best_score < SIGNATURE:
        refuse_unread_kind(head)
    return best


def refuse_unread_kind(head: bytes) -> None:
    """Raises UnreadableFileError: it is of a kind that is known and not read."""
    kind = unread_kind_of(head)
    if kind is not None:
        raise UnreadableFileError(kind.sentence)
