"""Records of JSON as Arrow batches of one schema, for sources that name no types.

What a column holds is known only when the last page has come, so pages wait in a temporary file: memory is bounded by
the largest page, and no value is lost to a type that the first page suggested.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.ipc

from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.options import JsonOptions
from graphkeep.sources.plain import plain_table

BATCH_ROWS = 10_000
VALUE = "value"


def records_table(entries: Sequence[Any]) -> pa.Table:
    """A table of JSON values: objects are rows, nested objects columns with dotted names; other values are `value`."""
    records = [entry if isinstance(entry, dict) else {VALUE: entry} for entry in entries]
    context = ReadContext(options=JsonOptions(), repairs=[])
    return plain_table(context.records_table(records), context.repairs)


def record_batches(table: pa.Table, max_rows: int | None = None) -> Iterator[pa.RecordBatch]:
    """Batches of at most 10,000 rows; at least one, so that a result without rows has its columns."""
    table = table if max_rows is None else table.slice(0, max_rows)
    if table.num_rows == 0:
        yield pa.RecordBatch.from_pylist([], table.schema)
    yield from table.combine_chunks().to_batches(BATCH_ROWS)


class BatchSpool:
    """Tables in the order in which they came, in a file without a name in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._ends = [0]
        self._types: dict[str, pa.DataType] = {}
        self.row_count = 0
        self.size_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, table: pa.Table) -> None:
        """Raises OSError: the disk is full."""
        for field in table.schema:
            self._types[field.name] = common_type(
                self._types.get(field.name, field.type), field.type
            )
        self._file.seek(self._ends[-1])
        with pa.ipc.new_stream(self._file, table.schema) as writer:
            writer.write_table(table, max_chunksize=BATCH_ROWS)
        self._ends.append(self._file.tell())
        self.row_count += table.num_rows
        self.size_bytes += table.nbytes

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, with the columns and types that hold every value of every table."""
        schema = pa.schema(self._types)
        if self.row_count == 0:
            yield pa.RecordBatch.from_pylist([], schema)
        for start, end in pairwise(self._ends):
            self._file.seek(start)
            with pa.ipc.open_stream(self._file.read(end - start)) as reader:
                table = conformed(reader.read_all(), self._types)
            yield from table.combine_chunks().to_batches(BATCH_ROWS)


def common_type(first: pa.DataType, second: pa.DataType) -> pa.DataType:
    """The type that holds the values of both: itself, a wider number, else text."""
    if first == second or pa.types.is_null(second):
        return first
    if pa.types.is_null(first):
        return second
    types = {str(first), str(second)}
    if types <= {"int64", "double"}:
        return pa.float64()
    return pa.string()


def conformed(table: pa.Table, types: Mapping[str, pa.DataType]) -> pa.Table:
    columns = {}
    for name, kind in types.items():
        if name not in table.column_names:
            columns[name] = pa.nulls(table.num_rows, kind)
        elif table[name].type == kind:
            columns[name] = table[name]
        else:
            columns[name] = table[name].cast(kind)
    return pa.table(columns)
