"""The rows of a query: a stream of Arrow batches on the local disk while it runs, then a table in the graph store."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
from django.conf import settings

from graphkeep.connectors.models import QueryRun
from graphkeep.datasets.storage import graph_store
from graphkeep.sources.databases.column_union import ColumnUnion
from graphkeep.store.disk_space import check_free_space, translate_disk_errors

NAME = "rows"
CHECK_EVERY_BYTES = 16 << 20


def spool_path(run_id: str) -> Path:
    folder: Path = settings.TMP_DIR
    return folder / f"query-{run_id}.arrows"


class ResultSpool:
    """Writes the batches of one query as they arrive; only one batch is in memory.

    Its file is one Arrow IPC stream after the other: a new one begins where a batch has other columns or types.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.path = spool_path(run_id)
        self._sink: pa.NativeFile | None = None
        self._writer: pa.RecordBatchWriter | None = None
        self._columns = ColumnUnion()
        self._schema: pa.Schema | None = None
        self._unchecked_bytes = CHECK_EVERY_BYTES

    def write(self, batch: pa.RecordBatch) -> None:
        """Raises DiskFullError."""
        self._unchecked_bytes += batch.nbytes
        if self._unchecked_bytes >= CHECK_EVERY_BYTES:
            self._unchecked_bytes = 0
            self.path.parent.mkdir(parents=True, exist_ok=True)
            check_free_space(self.path.parent, batch.nbytes)
        with translate_disk_errors():
            if self._sink is None:
                self._sink = pa.OSFile(str(self.path), "wb")
            if self._writer is None or batch.schema != self._schema:
                if self._writer is not None:
                    self._writer.close()
                self._schema = batch.schema
                self._writer = pa.ipc.new_stream(self._sink, batch.schema)
            self._columns.add(batch)
            self._writer.write_batch(batch)

    def store(self) -> bool:
        """Move the rows into the graph store; whether there is a table, with or without rows."""
        self.close()
        if not self.path.exists():
            return False
        graph_store().files.write(self.run_id, f"{NAME}.arrow", self._write_file)
        self.path.unlink(missing_ok=True)
        return True

    def _write_file(self, path: Path) -> None:
        with pa.memory_map(str(self.path)) as source:
            schema = self._columns.schema
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
                for batch in arrived_batches(source):
                    writer.write_batch(self._columns.conform(batch))

    def close(self) -> None:
        if self._writer is not None and self._sink is not None:
            self._writer.close()
            self._sink.close()
            self._writer = self._sink = None

    def discard(self) -> None:
        """Delete what was written."""
        self.close()
        self.path.unlink(missing_ok=True)


def delete_result(run_id: str) -> None:
    graph_store().delete(run_id)


@contextmanager
def result_batches(run: QueryRun) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]] | None]:
    """The schema and batches of a query's rows, mapped and not loaded; of a running one, those that arrived.

    None if no row has arrived, or the result was deleted.
    """
    path = spool_path(run.run_id)
    if run.has_result:
        try:
            with pa.memory_map(str(graph_store().table_path(run.run_id, NAME))) as source:
                reader = pa.ipc.open_file(source)
                yield (
                    reader.schema,
                    (reader.get_batch(index) for index in range(reader.num_record_batches)),
                )
        except FileNotFoundError:
            yield None
        return
    if run.is_over or not path.exists() or path.stat().st_size == 0:
        yield None
        return
    with pa.memory_map(str(path)) as source:
        columns = ColumnUnion()
        count = 0
        for batch in arrived_batches(source):
            columns.add(batch)
            count += 1
        if count == 0:  # its first bytes are being written
            yield None
            return
        source.seek(0)
        arrived = islice(arrived_batches(source), count)
        yield columns.schema, (columns.conform(batch) for batch in arrived)


def arrived_batches(source: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    """The batches of a file that may still be written, up to the last complete one."""
    while True:
        try:
            stream = pa.ipc.open_stream(source)
            yield from stream
        except (pa.ArrowInvalid, OSError):
            return


def read_rows(run: QueryRun, offset: int, limit: int) -> pa.Table | None:
    """The rows from `offset` on, at most `limit`; None if there is no table."""
    with result_batches(run) as result:
        if result is None:
            return None
        schema, batches = result
        parts: list[pa.RecordBatch] = []
        for batch in batches:
            if offset >= batch.num_rows:
                offset -= batch.num_rows
                continue
            part = batch.slice(offset, limit)
            offset = 0
            limit -= part.num_rows
            # A copy: the file is closed before the rows are used.
            parts.append(part.take(pa.array(range(part.num_rows), pa.int64())))
            if limit <= 0:
                break
        return pa.Table.from_batches(parts, schema)
