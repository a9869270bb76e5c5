"""Records of JSON as Arrow tables and batches, for sources that name no types."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

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
