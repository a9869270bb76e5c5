"""The formats that this server reads, those of plugins last, and the one way to read with them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, BinaryIO

import pyarrow as pa

from graphkeep import plugins
from graphkeep.graph.errors import UnreadableFileError, UserInputError
from graphkeep.graph.repairs import Alternative, Repair
from graphkeep.sources.archives.archive import read_archive, recognize_tar, recognize_zip
from graphkeep.sources.columnar.arrow import ARROW
from graphkeep.sources.columnar.orc import ORC
from graphkeep.sources.columnar.parquet import PARQUET
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.formats import GRAPH_FORMATS
from graphkeep.sources.json_documents.json import JSON
from graphkeep.sources.logs.formats import LOG_FORMATS
from graphkeep.sources.recognize import (
    HEAD_BYTES,
    SIGNATURE,
    recognize_format,
    refuse_unread_kind,
    score_of,
)
from graphkeep.sources.spreadsheets.excel import SPREADSHEETS
from graphkeep.sources.text.csv import CSV

AUTO = "auto"  # a file type: the content decides
TEXT_TYPES = ("csv", "json")  # what clients declare for any text


@dataclass(frozen=True, kw_only=True)
class FileContent:
    """A file as read: the name of its format, and its tables."""

    format_name: str
    result: ReadResult


def read_file(stream: BinaryIO, declared: str, options: ReadOptions) -> FileContent:
    """The tables of a file of this declared type; the content decides where that is `auto` or plainly wrong.

    A declared text type gives way to the signature of another format, with a repair, unless the sender said how to
    read the text.

    Raises:
        UserInputError: there is no such type.
        UnreadableFileError: the bytes do not read, or are of a kind that is not read.
    """
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if declared == AUTO:
        file_format = recognize_format(head, options.name, FORMATS, fallback=CSV)
        return FileContent(
            format_name=file_format.name, result=read_as(stream, file_format, options)
        )
    declared_format = format_of(declared)
    file_format = signed_format(head, declared_format, options) or declared_format
    result = read_as(stream, file_format, options)
    if file_format is not declared_format and file_format not in CONTAINERS:
        result = replace(
            result, repairs=(recognized_repair(declared_format, file_format), *result.repairs)
        )
    return FileContent(format_name=file_format.name, result=result)


def signed_format(
    head: bytes, declared_format: FileFormat, options: ReadOptions
) -> FileFormat | None:
    """The format whose signature these bytes have, where it may replace the declared one."""
    if declared_format.name not in TEXT_TYPES:
        return None
    found = recognize_format(head, options.name, FORMATS, fallback=declared_format)
    if found is declared_format or score_of(found, head, options.name) < SIGNATURE:
        refuse_unread_kind(head)
        return None
    has_options = bool(options.parser_options) and found not in CONTAINERS
    return None if has_options else found


def read_as(stream: BinaryIO, file_format: FileFormat, options: ReadOptions) -> ReadResult:
    if file_format in CONTAINERS:
        return read_archive(stream, options, read_member)
    return read_tables(stream, file_format, options)


def read_member(stream: BinaryIO, options: ReadOptions) -> tuple[str, ReadResult]:
    """One file of an archive: its content decides, and its suffix breaks ties."""
    content = read_file(stream, AUTO, options)
    return content.format_name, content.result


def recognized_repair(declared: FileFormat, actual: FileFormat) -> Repair:
    option: Mapping[str, Any] = {"encoding": "utf-8"}
    return Repair(
        code="format-recognized",
        message=f"The file was sent as {declared.name}, and its content is {actual.name}: it is read as that.",
        before=declared.name,
        after=actual.name,
        alternative=Alternative(label=f"Read it as {declared.name}", parser_options=option),
    )


def read_any_archive(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    return read_archive(stream, options, read_member)


ZIP = FileFormat(
    name="zip",
    media_type="application/zip",
    suffixes=(".zip",),
    read=read_any_archive,
    recognize=recognize_zip,
)
TAR = FileFormat(
    name="tar",
    media_type="application/x-tar",
    suffixes=(".tar", ".tgz", ".tbz2", ".txz"),
    read=read_any_archive,
    recognize=recognize_tar,
)
CONTAINERS = (ZIP, TAR)
BUILT_IN = (
    ARROW,
    CSV,
    JSON,
    ORC,
    PARQUET,
    *SPREADSHEETS,
    *GRAPH_FORMATS,
    *LOG_FORMATS,
    *CONTAINERS,
)
FORMATS = (
    *BUILT_IN,
    *plugins.load_plugins(plugins.FORMATS, FileFormat, {each.name for each in BUILT_IN}),
)


def read_tables(stream: BinaryIO, file_format: FileFormat, options: ReadOptions) -> ReadResult:
    """The tables of a file.

    Raises:
        UnreadableFileError: the bytes do not read as this format; the message is for the sender.
    """
    try:
        return file_format.read(stream, options)
    except (
        pa.ArrowInvalid,
        pa.ArrowNotImplementedError,
        pa.ArrowTypeError,
        OSError,
        ValueError,
    ) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is damaged"
        raise UnreadableFileError(f"This does not read as {file_format.name}: {reason}") from error


def format_of(name: str) -> FileFormat:
    """The format of a name such as `csv` or of a file name such as `edges.csv`.

    Raises:
        UserInputError: there is no such format.
    """
    suffix = PurePath(name).suffix.lower()
    for file_format in FORMATS:
        if name.lower() == file_format.name or suffix in file_format.suffixes:
            return file_format
    names = ", ".join(file_format.name for file_format in FORMATS)
    raise UserInputError(f"'{name}' is not a file type that this server reads; use one of {names}.")
