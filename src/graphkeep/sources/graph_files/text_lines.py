"""The lines of a graph file in text, whatever its encoding."""

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import ReadOptions

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
FALLBACK = "cp1252"
HEAD_BYTES = 6
BINARY = (b"PAR1", b"ORC", b"ARROW1", b"PK\x03\x04", b"\x1f\x8b", b"%PDF")


def text_lines(stream: BinaryIO, options: ReadOptions, log: RepairLog) -> Iterator[tuple[int, str]]:
    """Numbered lines, from 1, without line ends. UTF-8 unless told otherwise; other lines as Windows-1252.

    Raises:
        UnreadableFileError: parser_options names an unknown encoding.
    """
    encoding = options.parser_options.get("encoding") or detected_encoding(stream)
    try:
        lines = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline=None)
    except LookupError as error:
        raise UnreadableFileError(
            f"parser_options: '{encoding}' is no encoding that this server knows."
        ) from error
    try:
        for number, line in enumerate(lines, start=1):
            text = line.rstrip("\n")
            if "\0" in text:
                raise UnreadableFileError(f"Line {number} holds binary data: this is no text.")
            if not text.isascii():
                text = checked(text, number, log)
            yield number, text
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"The file does not read as {encoding}: {error}") from error
    finally:
        if not lines.closed:
            lines.detach()


def whole_text(stream: BinaryIO, options: ReadOptions, log: RepairLog) -> str:
    """All lines as one text with line feeds."""
    encoding = options.parser_options.get("encoding") or detected_encoding(stream)
    if encoding in {"utf-8", "utf-8-sig"} and stream.seekable():
        start = stream.tell()
        try:
            text = stream.read().decode(encoding)
        except UnicodeDecodeError:
            text = "\0"
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
        stream.seek(start)
    return "\n".join(line for _, line in text_lines(stream, options, log))


def detected_encoding(stream: BinaryIO) -> str:
    start = stream.tell()
    head = stream.read(HEAD_BYTES)
    stream.seek(start)
    if head.startswith(BINARY):
        raise UnreadableFileError("This is a binary file and no text.")
    return next((encoding for bom, encoding in BOMS if head.startswith(bom)), "utf-8")


def checked(text: str, number: int, log: RepairLog) -> str:
    """The line as Windows-1252 where bytes of it are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        repaired = text.encode("utf-8", "surrogateescape").decode(FALLBACK, "replace")
        log.add(
            "not-utf8",
            "Lines that are not UTF-8 are read as Windows-1252: {count}.",
            line=number,
            before=text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
            after=repaired,
        )
        return repaired
    return text


@lru_cache(maxsize=1)
def decoded_head(head: bytes) -> str:
    """The first bytes of a file as text, to recognize its format by."""
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return head.decode(encoding, "replace")
    return head.decode("utf-8", "replace")
