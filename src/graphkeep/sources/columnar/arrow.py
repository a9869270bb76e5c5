"""Arrow IPC, file or stream: the Python client sends files, the JavaScript client streams."""

from typing import BinaryIO

import pyarrow as pa
import pyarrow.ipc

from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult

MAGIC = b"ARROW1"
CONTINUATION = b"\xff\xff\xff\xff"
MAX_SCHEMA = 1 << 28


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    head = stream.read(len(MAGIC))
    stream.seek(0)
    file = pa.PythonFile(stream, mode="r")
    if head == MAGIC:
        table = pa.ipc.open_file(file).read_all()
    else:
        table = pa.ipc.open_stream(file).read_all()
    return ReadResult(tables=(NamedTable(name="table", table=table),))


def recognize(head: bytes, name: str) -> float:
    """A file by its mark; a stream by the size of its first message, which is its schema."""
    if head.startswith(MAGIC):
        return 1.0
    is_stream = head[:4] == CONTINUATION and 0 < int.from_bytes(head[4:8], "little") < MAX_SCHEMA
    return 0.9 if is_stream else 0.0


ARROW = FileFormat(
    name="arrow",
    media_type="application/vnd.apache.arrow.file",
    suffixes=(".arrow", ".feather", ".ipc"),
    read=read,
    recognize=recognize,
)
