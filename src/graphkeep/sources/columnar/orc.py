"""ORC."""

from typing import BinaryIO

import pyarrow as pa
import pyarrow.orc

from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    table = pa.orc.ORCFile(pa.PythonFile(stream, mode="r")).read()
    return ReadResult(tables=(NamedTable(name="table", table=table),))


ORC = FileFormat(name="orc", media_type="application/x-orc", suffixes=(".orc",), read=read)
