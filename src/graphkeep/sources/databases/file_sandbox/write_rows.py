"""Inside a sandbox process: batches go into the output file until the rows end or a limit is passed."""

from collections.abc import Iterable
from io import FileIO
from typing import Any

import pyarrow as pa
import pyarrow.ipc


def write_batches(
    handle: int, schema: pa.Schema, batches: Iterable[pa.RecordBatch], max_rows: int, max_bytes: int
) -> dict[str, Any]:
    """The answer to the server: how many rows were written, and whether there may be more."""
    count = size = 0
    is_cut = False
    with FileIO(handle, "wb", closefd=False) as output, pa.ipc.new_stream(output, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            count += batch.num_rows
            size += batch.nbytes
            if count > max_rows or size > max_bytes:
                is_cut = True
                break
    return {"count": count, "is_cut": is_cut}
