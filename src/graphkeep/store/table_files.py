"""Tables and arrays as files that are mapped and not loaded."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc

from graphkeep.graph.values.written_values import with_values

Array = npt.NDArray[np.generic]
MAX_CHUNK_ROWS = 1 << 20
ALIGNMENT_BYTES = 64


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow file."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=MAX_CHUNK_ROWS)


def read_table(path: Path) -> pa.Table:
    """The table, mapped; columns that keep the texts of dates or amounts are read as these."""
    with pa.memory_map(str(path)) as source:
        return with_values(pa.ipc.open_file(source).read_all())


def read_column_names(path: Path) -> list[str]:
    """The names of a table's columns, without reading values."""
    with pa.memory_map(str(path)) as source:
        names: list[str] = pa.ipc.open_file(source).schema.names
    return names


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays of plain dtypes back to back, after one line of JSON with their dtypes, shapes and offsets."""
    parts = []
    offset = 0
    for name, array in arrays.items():
        contiguous = np.ascontiguousarray(array)
        parts.append((name, contiguous, offset))
        offset += aligned(contiguous.nbytes)
    lines = [
        {"name": name, "dtype": array.dtype.str, "shape": array.shape, "offset": start}
        for name, array, start in parts
    ]
    head = json.dumps(lines).encode() + b"\n"
    head = head.ljust(aligned(len(head)))
    with path.open("wb") as sink:
        sink.write(head)
        for _, array, start in parts:
            sink.seek(len(head) + start)
            sink.write(array.data)
        sink.truncate(len(head) + offset)


def read_arrays(path: Path) -> dict[str, Array]:
    """The arrays by name, mapped; one without elements is an ordinary array."""
    with path.open("rb") as source:
        line = source.readline()
    data_start = aligned(len(line))
    return {
        part["name"]: np.memmap(
            path,
            dtype=part["dtype"],
            mode="r",
            offset=data_start + part["offset"],
            shape=tuple(part["shape"]),
        )
        if np.prod(part["shape"]) > 0
        else np.empty(tuple(part["shape"]), part["dtype"])
        for part in json.loads(line)
    }


def aligned(size_bytes: int) -> int:
    return -(-size_bytes // ALIGNMENT_BYTES) * ALIGNMENT_BYTES
