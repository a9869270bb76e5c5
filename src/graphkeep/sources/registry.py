"""The formats that this server reads, those of plugins last, and the one way to read with them."""

from pathlib import PurePath
from typing import BinaryIO

import pyarrow as pa

from graphkeep import plugins
from graphkeep.graph.errors import UnreadableFileError, UserInputError
from graphkeep.sources.columnar.arrow import ARROW
from graphkeep.sources.columnar.orc import ORC
from graphkeep.sources.columnar.parquet import PARQUET
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.formats import GRAPH_FORMATS
from graphkeep.sources.json_documents.json import JSON
from graphkeep.sources.spreadsheets.excel import SPREADSHEETS
from graphkeep.sources.text.csv import CSV

BUILT_IN = (ARROW, CSV, JSON, ORC, PARQUET, *SPREADSHEETS, *GRAPH_FORMATS)
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
