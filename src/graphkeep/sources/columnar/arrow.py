"""Arrow IPC, file or stream: the Python client sends files, the JavaScript client streams."""

from typing import BinaryIO

import pyarrow as pa
import pyarrow.ipc

from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult

MAGIC = b"ARROW1"


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    head = stream.read(len(MAGIC))
    stream.seek(0)
    file = pa.PythonFile(stream, mode="r")
    if head == MAGIC:
        table = pa.ipc.open_file(file).read_all()
    else:
        table = pa.ipc.open_stream(file).read_all()
    return ReadResult(tables=(NamedTable(name="table", table=table),))


ARROW = FileFormat(
    name="arrow",
    media_type="application/vnd.apache.arrow.file",
    suffixes=(".arrow", ".feather", ".ipc"),
    read=read,
)
