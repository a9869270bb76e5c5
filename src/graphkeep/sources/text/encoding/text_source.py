"""A text file as a seekable stream of UTF-8 with line feeds, read in blocks where it is that already."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.text.encoding.decode import MARKS, is_utf8, refuse_binary, to_utf8

SAMPLE_BYTES = 1 << 20
LARGE_SAMPLE_BYTES = 1 << 17  # of a file that is longer than a sample
CHECKED_BYTES = 1 << 18
SWAPPED = bytes.maketrans(b"\r\n", b"\n\r")
SIGNATURES = (
    (b"PAR1", "Parquet"), (b"ARROW1", "Arrow"), (b"PK\x03\x04", "a zip or xlsx file"), (b"ORC", "ORC"),
    (b"\x1f\x8b", "gzip"), (b"\xd0\xcf\x11\xe0", "xls"), (b"%PDF-", "PDF"), (b"\x89PNG", "an image"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TextSource:
    """`sample` is the start of the content, whole lines of it; all of it where `is_whole`.

    With `swaps_line_ends` the lines of the file end with CR and its line feeds are carriage returns in the stream.
    """

    stream: BinaryIO
    size: int
    encoding: str
    sample: bytes
    is_whole: bool
    repairs: tuple[Repair, ...] = ()
    swaps_line_ends: bool = False


def open_text(stream: BinaryIO, encoding: str | None) -> TextSource:
    """The content of a text file, ready to be read in blocks.

    Raises:
        UnreadableFileError: it is empty, no text, or not in the encoding that the sender named.
    """
    head = stream.read(SAMPLE_BYTES)
    refuse_other_formats(head)
    if not encoding and is_plain(head):
        refuse_binary(head)
    if not encoding and is_plain(head) and stream.seekable() and not uses_carriage_returns(head):
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if size <= len(head):
            if is_utf8([head]):
                return sampled(stream, size, head)
        elif is_utf8(blocks(stream)):
            return sampled(stream, size, head)
        stream.seek(0)
        content = stream.read()
    else:
        content = head + stream.read()
    decoded = to_utf8(content, encoding)
    content = decoded.content
    swaps = uses_carriage_returns(content[:SAMPLE_BYTES])
    if swaps:
        swaps = b"\n" in content
        content = content.translate(SWAPPED)
    source = sampled(io.BytesIO(content), len(content), content[:SAMPLE_BYTES])
    return replace(
        source, encoding=decoded.encoding, repairs=decoded.repairs, swaps_line_ends=swaps
    )


def sampled(stream: BinaryIO, size: int, head: bytes) -> TextSource:
    if not head.strip():
        raise UnreadableFileError("The file is empty: a CSV needs at least a header row.")
    is_whole = size <= len(head)
    if not is_whole:
        head = head[:LARGE_SAMPLE_BYTES]
        head = head[: head.rfind(b"\n") + 1] or head
    return TextSource(stream=stream, size=size, encoding="utf-8", sample=head, is_whole=is_whole)


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(CHECKED_BYTES):  # small enough to stay in the cache of a processor
        yield block


def is_plain(head: bytes) -> bool:
    return b"\x00" not in head and not head.startswith(tuple(mark for mark, _ in MARKS))


def uses_carriage_returns(head: bytes) -> bool:
    """Whether lines end with CR alone: where all line feeds, if there are any, stand inside quotes."""
    if b"\r" not in head or head.count(b"\r\n") == head.count(b"\r"):
        return False
    if head.count(b"\r") - head.count(b"\r\n") < head.count(b"\n"):
        return False
    return any(
        b"\n" not in outside and b"\r" in outside
        for outside in (re.sub(quoted, b"", head) for quoted in (rb'"[^"]*"', rb"'[^']*'"))
    )


def refuse_other_formats(head: bytes) -> None:
    for magic, name in SIGNATURES:
        if head.startswith(magic):
            raise UnreadableFileError(f"This does not read as CSV; it looks like {name}.")
