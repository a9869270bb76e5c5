"""Compressed uploads, opened as streams; the jail's limits bound what they may grow to."""

import bz2
import gzip
import lzma
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import IO, BinaryIO, cast

from graphkeep.graph.errors import UnreadableFileError

COMPRESSIONS = ("", "gzip", "bz2", "zip", "xz")


def opened(source: Path, compression: str, scratch: Path) -> BinaryIO:
    """The plain bytes of a file, spooled to disk where they were compressed.

    Raises:
        UnreadableFileError: the bytes are not compressed so.
    """
    if compression not in COMPRESSIONS:
        raise UnreadableFileError(
            f"'{compression}' is not a compression that this server reads; "
            f"use one of {', '.join(COMPRESSIONS[1:])}."
        )
    if not compression:
        return source.open("rb")
    plain = cast("BinaryIO", tempfile.TemporaryFile(dir=scratch))  # noqa: SIM115 - handed to the caller
    try:
        with inflating(source, compression) as stream:
            shutil.copyfileobj(stream, plain, 1 << 20)
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, ValueError) as error:
        plain.close()
        if isinstance(error, OSError) and error.errno == 27:  # EFBIG: the jail's file size limit
            raise
        raise UnreadableFileError(f"This does not read as {compression}: {error}") from error
    plain.seek(0)
    return plain


def inflating(source: Path, compression: str) -> IO[bytes] | gzip.GzipFile:
    if compression == "gzip":
        return gzip.open(source)
    if compression == "bz2":
        return bz2.open(source)
    if compression == "xz":
        return lzma.open(source)
    archive = zipfile.ZipFile(source)
    members = [
        m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX")
    ]
    if len(members) != 1:
        raise UnreadableFileError(f"The zip must hold one file; it holds {len(members)}.")
    return archive.open(members[0])
