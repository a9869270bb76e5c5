"""The lines of a file that the rows of its table came from, in the metadata of the table's schema."""

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

KEY = b"graphkeep.lines"
MAX_SEGMENTS = 2000


def with_lines(table: pa.Table, line_numbers: npt.NDArray[np.integer] | Sequence[int]) -> pa.Table:
    """The table with the line, counted from 1, at which each of its rows begins in the file.

    Stored as runs of following lines; more than 2,000 runs (as many rows of several lines) are not stored.
    """
    lines = np.asarray(line_numbers, np.int64)
    if len(lines) != table.num_rows or not len(lines):
        return table
    rows = np.flatnonzero(np.diff(lines, prepend=lines[0] - 2) != 1)
    if len(rows) > MAX_SEGMENTS:
        return table
    segments = [[int(row), int(lines[row])] for row in rows]
    content = json.dumps({"rows": table.num_rows, "segments": segments}).encode()
    return table.replace_schema_metadata({**(table.schema.metadata or {}), KEY: content})


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
