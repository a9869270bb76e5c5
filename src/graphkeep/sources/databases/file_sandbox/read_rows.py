"""Batches from a sandbox process while it runs. A hostile file may have taken it over, so nothing is taken on trust."""

from collections.abc import Iterator
from typing import IO

import pyarrow as pa
import pyarrow.ipc

from graphkeep.sources.databases.file_sandbox.write_rows import LENGTH_BYTES
from graphkeep.sources.databases.stages import ConnectorError

MAX_FRAME_BYTES = 64 << 20
UNREADABLE = "The rows of this file cannot be read."


def read_batches(pipe: IO[bytes]) -> Iterator[pa.RecordBatch]:
    """Each batch, validated, until the process has ended; a last frame that is not whole is left out.

    Raises:
        ConnectorError: they are no batches, or a row is larger than 64 MiB.
    """
    while len(head := pipe.read(LENGTH_BYTES)) == LENGTH_BYTES:
        length = int.from_bytes(head, "little")
        if length > MAX_FRAME_BYTES:
            raise ConnectorError("query", "A row of this file is larger than 64 MiB.")
        frame = pipe.read(length)
        if len(frame) < length:
            return
        yield read_frame(frame)


def read_frame(frame: bytes) -> pa.RecordBatch:
    try:
        with pa.ipc.open_stream(frame) as reader:
            batch = reader.read_next_batch()
            batch.validate(full=True)
    except (pa.ArrowException, StopIteration, OSError, ValueError) as error:
        raise ConnectorError("query", UNREADABLE) from error
    if any(isinstance(dtype, pa.BaseExtensionType) for dtype in batch.schema.types):
        raise ConnectorError("query", UNREADABLE)
    return batch
