"""Compressed uploads, read as streams; the limits of the sandbox bound what a decompression bomb can fill."""

import bz2
import gzip
import lzma
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, cast

import pyarrow as pa

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sandbox.outcomes import resource_of

COMPRESSIONS = ("", "gzip", "bz2", "zip", "xz", "zstd")
MAGIC = (
    (b"\x1f\x8b\x08", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
)  # fmt: skip
MAGIC_BYTES = 8
SUFFIXES = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd"}


def compression_of(head: bytes) -> str:
    """The compression of a file that begins like this; "" where there is none. A zip is an archive."""
    return next((name for magic, name in MAGIC if head.startswith(magic)), "")


@contextmanager
def decompressed(source: BinaryIO, compression: str, spool: BinaryIO) -> Iterator[BinaryIO]:
    """The plain bytes of a file, from the start; `spool` holds them where they were compressed.

    The content decides: `compression` is what the sender declared, and may be empty. A zip is left to the reader of
    archives.

    Raises:
        UnreadableFileError: the compression is unknown, the bytes are not compressed like this, or twice.
    """
    if compression not in COMPRESSIONS:
        raise UnreadableFileError(
            f"'{compression}' is not a compression that this server reads; "
            f"use one of {', '.join(COMPRESSIONS[1:])}."
        )
    head = source.read(MAGIC_BYTES)
    source.seek(0)
    actual = compression_of(head)
    if compression not in {"", "zip"} and not actual and not head.startswith(b"PK\x03\x04"):
        actual = compression
    if not actual:
        yield source
        return
    try:
        with decompressor(source, actual) as stream:
            shutil.copyfileobj(stream, spool, 1 << 20)
        spool.flush()
    except (OSError, EOFError, lzma.LZMAError, zlib.error, ValueError) as error:
        if isinstance(error, OSError) and resource_of(error):
            raise
        raise UnreadableFileError(f"This does not read as {actual}: {error}") from error
    spool.seek(0)
    if inner := compression_of(spool.read(MAGIC_BYTES)):
        raise UnreadableFileError(
            f"This is compressed twice, as {actual} and as {inner} within. Compress it once."
        )
    spool.seek(0)
    yield spool


def decompressor(source: BinaryIO, compression: str) -> IO[bytes]:
    """The plain bytes of a stream; raises OSError, EOFError, ValueError and what its library raises."""
    if compression == "gzip":
        return cast("IO[bytes]", gzip.open(source))
    if compression == "bz2":
        return cast("IO[bytes]", bz2.open(source))
    if compression == "xz":
        return cast("IO[bytes]", lzma.open(source))
    stream: Any = pa.CompressedInputStream(pa.PythonFile(source, mode="r"), compression)
    return cast("IO[bytes]", stream)
