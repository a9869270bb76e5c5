"""The lines of a file that the rows of its table came from, in the metadata of the table's schema."""

import json
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

KEY = b"graphkeep.lines"
MAX_SEGMENTS = 2000


@runtime_checkable
class LineRuns(Protocol):
    """Line numbers that know their runs."""

    def segments(self) -> list[tuple[int, int]]: ...


def with_lines(table: pa.Table, line_numbers: npt.NDArray[np.integer] | Sequence[int]) -> pa.Table:
    """The table with the line, counted from 1, at which each of its rows begins in the file.

    Stored as runs of following lines; more than 2,000 runs (as many rows of several lines) are not stored.
    """
    if len(line_numbers) != table.num_rows or not len(line_numbers):
        return table
    segments = (
        line_numbers.segments() if isinstance(line_numbers, LineRuns) else segments_of(line_numbers)
    )
    if len(segments) > MAX_SEGMENTS:
        return table
    content = json.dumps({"rows": table.num_rows, "segments": segments}).encode()
    return table.replace_schema_metadata({**(table.schema.metadata or {}), KEY: content})


def segments_of(line_numbers: npt.NDArray[np.integer] | Sequence[int]) -> list[tuple[int, int]]:
    """The runs of lines that follow one another: the first row of each, and its line."""
    lines = np.asarray(line_numbers, np.int64)
    rows = np.flatnonzero(np.diff(lines, prepend=lines[0] - 2) != 1)
    return list(zip(rows.tolist(), lines[rows].tolist(), strict=True))


def lines_of(table: pa.Table, rows: npt.NDArray[np.integer]) -> tuple[int, ...]:
    """The lines of these rows (from 0), () if they are not known or the table has other rows by now."""
    content = (table.schema.metadata or {}).get(KEY)
    if content is None:
        return ()
    stored = json.loads(content)
    if stored["rows"] != table.num_rows:
        return ()
    starts = np.array([row for row, _ in stored["segments"]], np.int64)
    first_lines = np.array([line for _, line in stored["segments"]], np.int64)
    segment = np.searchsorted(starts, rows, side="right") - 1
    return tuple((first_lines[segment] + rows - starts[segment]).tolist())


def copy_lines(source: pa.Table, target: pa.Table) -> pa.Table:
    """`target`, whose rows are those of `source`, with the lines of `source`."""
    content = (source.schema.metadata or {}).get(KEY)
    if content is None:
        return target
    return target.replace_schema_metadata({**(target.schema.metadata or {}), KEY: content})
