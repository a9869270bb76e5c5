"""Pages of JSON records as Arrow batches, as they come, with the size of the next page.

Sources of JSON name no types, so each page has the columns and types of its own records: `column_union` joins them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.record_tables import record_batches, records_table

FIRST_ROWS, MIN_ROWS, MAX_ROWS = 1_000, 20, 5_000
PAGE_BYTES = 8 << 20
MAX_SLICE_ROWS = 2_000  # of a page at once: Python's values of a row take many times its bytes


@dataclass
class RecordStream:
    """Counts what was given of one query. `row_count` and `size_bytes` grow as the batches are read."""

    limits: QueryLimits
    row_count: int = 0
    size_bytes: int = 0

    @property
    def is_over(self) -> bool:
        """Whether a limit of rows or bytes is passed."""
        return self.row_count > self.limits.max_rows or self.size_bytes > self.limits.max_bytes

    def next_page_rows(self, remaining: int) -> int:
        """Rows of the next page, by the size of those before it: about 8 MiB; never more than `remaining`."""
        if self.row_count == 0:
            return min(FIRST_ROWS, remaining)
        row_bytes = max(1, self.size_bytes // self.row_count)
        return min(max(MIN_ROWS, PAGE_BYTES // row_bytes), MAX_ROWS, remaining)

    def batches(self, entries: Sequence[Any]) -> Iterator[pa.RecordBatch]:
        """The batches of a page of JSON values; none for a page without."""
        for start in range(0, len(entries), MAX_SLICE_ROWS):
            yield from self.table_batches(records_table(entries[start : start + MAX_SLICE_ROWS]))

    def table_batches(self, table: pa.Table) -> Iterator[pa.RecordBatch]:
        """The batches of a page that was read into a table; one without rows keeps the columns of an empty page."""
        self.row_count += table.num_rows
        self.size_bytes += table.nbytes
        yield from record_batches(table)
