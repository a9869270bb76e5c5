"""Columns of nodes and edges that are collected row by row, where each row has few of many attributes."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.graph_files.attribute_types import Kind

CHUNK_ROWS = 1 << 16
MAX_COLUMNS = 4096


@dataclass(frozen=True, kw_only=True)
class ColumnSpec:
    """`is_attribute`: named by the sender; another column may have the same name. `default` fills gaps."""

    name: str
    kind: Kind = "text"
    default: str | None = None
    is_attribute: bool = True


class ColumnSpecs:
    """What is known of the columns of one table, by the key under which their values come."""

    def __init__(self, table: str, default_kind: Kind) -> None:
        self.table = table
        self.default_kind = default_kind
        self.specs: dict[str, ColumnSpec] = {}

    def declare(self, key: str, spec: ColumnSpec) -> None:
        if len(self.specs) >= MAX_COLUMNS and key not in self.specs:
            raise UnreadableFileError(
                f"The {self.table}s have more than {MAX_COLUMNS:,} attributes: at most that many are read."
            )
        self.specs[key] = spec

    def ensure(self, key: str) -> None:
        if key not in self.specs:
            self.declare(key, ColumnSpec(name=key.removeprefix("@"), kind=self.default_kind))


class NodeColumns:
    """Values that can be set in any row, as a node may be described several times."""

    def __init__(self, specs: ColumnSpecs) -> None:
        self.specs = specs
        self.columns: dict[str, list[str | None]] = {}

    def set(self, row: int, key: str, value: str) -> str | None:
        """Set a value where there is none; the value that stays where there was another one."""
        values = self.columns.get(key)
        if values is None:
            self.specs.ensure(key)
            values = self.columns[key] = []
        gap = row - len(values)
        if gap >= 0:
            if gap:
                values.extend([None] * gap)
            values.append(value)
            return None
        present = values[row]
        if present is None:
            values[row] = value
            return None
        return present if present != value else None

    def finish(self, row_count: int) -> dict[str, pa.ChunkedArray]:
        finished = {}
        while self.columns:
            key, values = self.columns.popitem()
            values.extend([None] * (row_count - len(values)))
            chunks = [
                pa.array(values[start : start + CHUNK_ROWS], pa.string())
                for start in range(0, row_count, CHUNK_ROWS)
            ]
            finished[key] = pa.chunked_array(chunks, pa.string())
        return {key: finished[key] for key in self.specs.specs if key in finished}


class EdgeColumns:
    """Rows that are only appended; every 65,536 of them become Arrow arrays, which take less memory."""

    def __init__(self, specs: ColumnSpecs) -> None:
        self.specs = specs
        self.row_count = 0
        self.pending: dict[str, list[str | None]] = {}
        self.pending_count = 0
        self.chunk_lengths: list[int] = []
        self.chunks: dict[str, dict[int, pa.Array]] = {}

    def append(self, row: Mapping[str, str | None]) -> None:
        pending, count = self.pending, self.pending_count
        for key, value in row.items():
            if value is None:
                continue
            values = pending.get(key)
            if values is None:
                self.specs.ensure(key)
                values = pending[key] = []
            if len(values) < count:
                values.extend([None] * (count - len(values)))
            values.append(value)
        self.pending_count = count + 1
        self.row_count += 1
        if self.pending_count >= CHUNK_ROWS:
            self.flush()

    def flush(self) -> None:
        for key, values in self.pending.items():
            values.extend([None] * (self.pending_count - len(values)))
            self.chunks.setdefault(key, {})[len(self.chunk_lengths)] = pa.array(values, pa.string())
        self.chunk_lengths.append(self.pending_count)
        self.pending, self.pending_count = {}, 0

    def finish(self) -> dict[str, pa.ChunkedArray]:
        if self.pending_count:
            self.flush()
        return {
            key: pa.chunked_array(
                [
                    self.chunks[key].get(number, pa.nulls(length, pa.string()))
                    for number, length in enumerate(self.chunk_lengths)
                ],
                pa.string(),
            )
            for key in self.specs.specs
            if key in self.chunks
        }


def filled(values: pa.ChunkedArray, default: str | None) -> pa.ChunkedArray:
    return values if default is None else pc.fill_null(values, default)
