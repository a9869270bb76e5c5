"""Inside a sandbox process: batches go down a pipe until the rows end or a limit is passed.

Each is a frame: eight bytes of its length, then an Arrow IPC stream of one batch. The pipe holds the process up while the
server has not read what came before.
"""

from collections.abc import Iterable, Iterator
from io import FileIO
from typing import Any

import pyarrow as pa
import pyarrow.ipc

FRAME_BYTES = 4 << 20
LENGTH_BYTES = 8


def write_batches(
    handle: int, batches: Iterable[pa.RecordBatch], max_rows: int, max_bytes: int
) -> dict[str, Any]:
    """The answer to the server: how many rows were written, and whether there may be more."""
    count = size = 0
    with FileIO(handle, "wb", closefd=False) as output:
        for batch in batches:
            for part in small_parts(batch):
                write_frame(output, part)
                count += part.num_rows
                size += part.nbytes
                if count > max_rows or size > max_bytes:
                    return {"count": count, "is_cut": True}
    return {"count": count, "is_cut": False}


def write_frame(output: FileIO, batch: pa.RecordBatch) -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    frame = sink.getvalue()
    for content in (len(frame).to_bytes(LENGTH_BYTES, "little"), frame):
        left = memoryview(content)
        while left:
            left = left[output.write(left) :]


def small_parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A batch in parts of at most 4 MiB, or of one row."""
    rows = max(1, batch.num_rows * FRAME_BYTES // max(batch.nbytes, 1))
    for start in range(0, max(batch.num_rows, 1), rows):
        yield batch.slice(start, rows)
