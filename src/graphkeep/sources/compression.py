"""Compressed uploads, read as streams; the limits of the sandbox bound what a decompression bomb can fill."""

import bz2
import gzip
import lzma
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sandbox.outcomes import resource_of

COMPRESSIONS = ("", "gzip", "bz2", "zip", "xz")


@contextmanager
def decompressed(source: BinaryIO, compression: str, spool: BinaryIO) -> Iterator[BinaryIO]:
    """The plain bytes of a file, from the start; `spool` holds them where they were compressed.

    Raises:
        UnreadableFileError: the bytes are not compressed like this.
    """
    if compression not in COMPRESSIONS:
        raise UnreadableFileError(
            f"'{compression}' is not a compression that this server reads; "
            f"use one of {', '.join(COMPRESSIONS[1:])}."
        )
    if not compression:
        yield source
        return
    try:
        with decompressor(source, compression) as stream:
            shutil.copyfileobj(stream, spool, 1 << 20)
        spool.flush()
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, ValueError) as error:
        if isinstance(error, OSError) and resource_of(error):
            raise
        raise UnreadableFileError(f"This does not read as {compression}: {error}") from error
    spool.seek(0)
    yield spool


def decompressor(source: BinaryIO, compression: str) -> IO[bytes] | gzip.GzipFile:
    if compression == "gzip":
        return gzip.open(source)
    if compression == "bz2":
        return bz2.open(source)
    if compression == "xz":
        return lzma.open(source)
    archive = zipfile.ZipFile(source)
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX")
    ]
    if len(members) != 1:
        raise UnreadableFileError(f"The zip must contain one file; it contains {len(members)}.")
    return archive.open(members[0])
