"""Parquet, row group by row group."""

from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    file = pq.ParquetFile(pa.PythonFile(stream, mode="r"))
    groups = [file.read_row_group(i, use_threads=False) for i in range(file.num_row_groups)]
    table = pa.concat_tables(groups) if groups else file.schema_arrow.empty_table()
    return ReadResult(tables=(NamedTable(name="table", table=table),))


def recognize(head: bytes, name: str) -> float:
    return 1.0 if head.startswith(b"PAR1") else 0.0


PARQUET = FileFormat(
    name="parquet",
    media_type="application/vnd.apache.parquet",
    suffixes=(".parquet", ".pq"),
    read=read,
    recognize=recognize,
)
