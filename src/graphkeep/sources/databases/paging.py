"""How many rows to ask for at once, so that a page fits into memory whatever a row's size."""

from graphkeep.sources.databases.record_tables import BatchSpool

FIRST_ROWS, LEAST_ROWS, MOST_ROWS = 1_000, 20, 5_000
PAGE_BYTES = 8 << 20


def next_page_rows(spool: BatchSpool, remaining: int) -> int:
    """Rows of the next page, by the size of those before it: about 8 MiB; never more than `remaining`."""
    if spool.row_count == 0:
        return min(FIRST_ROWS, remaining)
    row_bytes = max(1, spool.size_bytes // spool.row_count)
    return min(max(LEAST_ROWS, PAGE_BYTES // row_bytes), MOST_ROWS, remaining)
