"""Rows of a driver as Arrow batches of bounded size, and the deadline of a query."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from graphkeep.sources.databases.query import QueryLimits

MAX_BATCH_ROWS = 10_000
FIRST_ROWS = 500
BATCH_BYTES = 4 << 20

Rows = Sequence[Sequence[Any]]
ToBatch = Callable[[Rows], pa.RecordBatch]


def unique_names(names: Sequence[str]) -> list[str]:
    """Names of columns without repeats: `name`, `name_2`."""
    given: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name or "column", 2
        while candidate in given:
            candidate, number = f"{name or 'column'}_{number}", number + 1
        given.add(candidate)
        unique.append(candidate)
    return unique


def batches_within(
    fetch: Callable[[int], Rows], to_batch: ToBatch, limits: QueryLimits
) -> Iterator[pa.RecordBatch]:
    """Batches until the rows end, or a limit of rows or bytes is passed by at most a batch; at least one.

    The first batch is small, so people see rows soon; the others have so many rows that a batch of wide rows stays
    near 4 MiB.
    """
    wanted, row_count, size_bytes, is_first = FIRST_ROWS, 0, 0, True
    while True:
        rows = fetch(wanted)
        if not rows and not is_first:
            return
        is_first = False
        batch = to_batch(rows)
        row_count += batch.num_rows
        size_bytes += batch.nbytes
        yield batch
        is_over = row_count > limits.max_rows or size_bytes > limits.max_bytes
        if len(rows) < wanted or is_over:
            return
        row_bytes = max(1, size_bytes // row_count)
        wanted = max(1, min(MAX_BATCH_ROWS, BATCH_BYTES // row_bytes))


def batch_maker(
    schema: pa.Schema, to_array: Callable[[Sequence[Any], pa.DataType], pa.Array]
) -> ToBatch:
    """What makes a batch of a driver's rows, column by column."""

    def make(rows: Rows) -> pa.RecordBatch:
        columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
        arrays = [
            to_array(values, field.type) for values, field in zip(columns, schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    return make


@contextmanager
def deadline(seconds: float, end: Callable[[], None]) -> Iterator[threading.Event]:
    """Call `end` in a thread of its own once the time is over; the event says that it is."""
    is_over = threading.Event()

    def stop() -> None:
        is_over.set()
        end()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()
