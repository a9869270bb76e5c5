"""ORC."""

from typing import BinaryIO

import pyarrow as pa
import pyarrow.orc

from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    table = pa.orc.ORCFile(pa.PythonFile(stream, mode="r")).read()
    return ReadResult(tables=(NamedTable(name="table", table=table),))


def recognize(head: bytes, name: str) -> float:
    is_text = not any(byte < 9 for byte in head[3:64])
    return 0.95 if head.startswith(b"ORC") and not is_text else 0.0


ORC = FileFormat(
    name="orc",
    media_type="application/x-orc",
    suffixes=(".orc",),
    read=read,
    recognize=recognize,
)
