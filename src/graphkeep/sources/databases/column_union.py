"""Batches whose columns and types differ, as rows of one table that holds every value.

Sources that name no types are read page by page: what a column holds is known only once the last page has come, and no
value may be lost to a type that the first page suggested.
"""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

MAX_EXACT = 1 << 53  # the whole numbers up to here are exact in a float


class ColumnUnion:
    """The columns of the batches that were added: each name once, of a type that holds all of its values."""

    def __init__(self) -> None:
        self._types: dict[str, pa.DataType] = {}
        self._inexact: set[str] = set()  # columns with whole numbers that no float holds
        self._last: pa.Schema | None = None

    @property
    def schema(self) -> pa.Schema:
        """Columns of nothing but nulls are texts."""
        return pa.schema(
            {
                name: pa.string() if pa.types.is_null(dtype) else dtype
                for name, dtype in self._types.items()
            }
        )

    def add(self, batch: pa.RecordBatch) -> None:
        for field, column in zip(batch.schema, batch.columns, strict=True):
            if pa.types.is_int64(field.type) and field.name not in self._inexact:
                bounds = pc.min_max(column).as_py()
                if bounds["min"] is not None and max(-bounds["min"], bounds["max"]) > MAX_EXACT:
                    self._inexact.add(field.name)
                    self._last = None
        if batch.schema == self._last:
            return
        self._last = batch.schema
        for field in batch.schema:
            self._types[field.name] = self._common_type(field.name, field.type)

    def conform(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """A batch that was added, in the columns of all."""
        schema = self.schema
        if batch.schema.equals(schema):
            return batch
        given = dict(zip(batch.schema.names, batch.columns, strict=True))
        columns = [
            widened(given[field.name], field.type)
            if field.name in given
            else pa.nulls(batch.num_rows, field.type)
            for field in schema
        ]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _common_type(self, name: str, dtype: pa.DataType) -> pa.DataType:
        """The type of a column that holds its values so far and those of `dtype`: itself, a wider number, else text."""
        known = self._types.get(name, dtype)
        if pa.types.is_null(dtype) or (known == dtype and name not in self._inexact):
            return known
        if pa.types.is_null(known) or known == dtype:
            return dtype
        has_exact_float = {known, dtype} == {pa.int64(), pa.float64()} and name not in self._inexact
        return pa.float64() if has_exact_float else pa.string()


def widened(values: pa.Array, dtype: pa.DataType) -> pa.Array:
    """Values in a wider type; bytes become text in hexadecimal digits."""
    if values.type == dtype:
        return values
    if pa.types.is_binary(values.type) and pa.types.is_string(dtype):
        return pa.array(
            [None if value is None else value.hex() for value in values.to_pylist()], dtype
        )
    return values.cast(dtype)


def union_table(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """All batches in memory as one table."""
    union, parts = ColumnUnion(), list(batches)
    for batch in parts:
        union.add(batch)
    return pa.Table.from_batches([union.conform(batch) for batch in parts], union.schema)
