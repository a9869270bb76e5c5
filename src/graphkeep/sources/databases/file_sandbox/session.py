"""A session with a database file: each question is answered by a sandbox process of its own."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

import pyarrow as pa

from graphkeep.graph.errors import GraphkeepError, LimitExceededError
from graphkeep.sandbox.isolation import require_confinement
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.process import SandboxProcess
from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.file_sandbox.locate import locate
from graphkeep.sources.databases.file_sandbox.read_rows import read_batches
from graphkeep.sources.databases.file_sandbox.values import to_wire
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.stages import STAGES, ConnectorError

MEMORY_BYTES = 1 << 30
MAX_TABLES = 2_000
CANCELED = "The query was canceled."


class FileSession:
    """`runner` is the module that reads the file in the sandbox; `siblings` are endings of files that belong to it."""

    def __init__(self, context: ConnectionContext, *, runner: str, siblings: Sequence[str]) -> None:
        self.context = context
        self.runner = runner
        self.siblings = siblings
        self.row_count: int | None = None
        self._process: SandboxProcess | None = None
        self._lock = threading.Lock()
        self._is_canceled = False

    def test(self) -> None:
        """Raises ConnectorError: there is no such file, or it is none of this kind."""
        self._ask({"action": "schema"})

    def audit(self) -> tuple[AuditFinding, ...]:
        self.test()
        message = "The file is opened read-only, in a process without network and other files."
        return (AuditFinding(check="read-only", is_excess=False, message=message),)

    def schema(self) -> SourceSchema:
        """Raises ConnectorError."""
        tables = self._ask({"action": "schema"})["tables"]
        return SourceSchema(
            tables=tuple(
                SourceTable(
                    name=str(table["name"]),
                    container="main",
                    kind=str(table["kind"]),
                    columns=tuple(
                        SourceColumn(name=str(name), type=str(kind))
                        for name, kind in table["columns"]
                    ),
                )
                for table in tables[:MAX_TABLES]
            ),
            is_cut=len(tables) > MAX_TABLES,
        )

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        """The rows while the file is read. Raises ConnectorError: the query fails."""
        limits = self.context.limits
        parameters = dict(query.parameters) if isinstance(query.parameters, Mapping) else {}
        self.row_count = None
        request = {
            "action": "rows",
            "text": query.text,
            "parameters": to_wire(parameters),
            "max_rows": limits.max_rows,
            "max_bytes": limits.max_bytes,
        }
        reading, writing = (
            os.fdopen(handle, mode) for handle, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
        )
        with reading, ThreadPoolExecutor(1) as executor:
            asked = executor.submit(self._ask, request, writing)
            # Once no process has the other end either, the reader is at the end of the pipe.
            asked.add_done_callback(lambda _: writing.close())
            try:
                yield from read_batches(reading)
                answer = asked.result()
            finally:
                self._end_process()
        self.row_count = None if answer["is_cut"] else int(answer["count"])

    def _end_process(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()

    def _ask(self, request: Mapping[str, Any], output: IO[bytes] | None = None) -> dict[str, Any]:
        path = locate(self.context.files_folder, self.context.settings["file"])
        beside = [path.with_name(path.name + ending) for ending in self.siblings]
        readable = [path, *(each for each in beside if each.is_file() and not each.is_symlink())]
        process = SandboxProcess(self.runner, self.context.scratch_folder, readable)
        with self._lock:
            self._process = process
            if self._is_canceled:
                process.kill()
        try:
            require_confinement(process.report)
            outputs = [output] if output is not None else []
            answer = process.run({**request, "path": str(path)}, (), outputs, self._limits())
        except LimitExceededError as error:
            self._raise_if_canceled(error)
            is_late = "takes longer" in error.message
            raise ConnectorError("timeout" if is_late else "query", error.message) from error
        except GraphkeepError as error:
            self._raise_if_canceled(error)
            raise ConnectorError("query", error.message) from error
        finally:
            with self._lock:
                self._process = None
            process.end()
        if "error" in answer:
            stage = answer.get("stage", "query")
            raise ConnectorError(stage if stage in STAGES else "query", str(answer["error"])[:1000])
        return answer

    def _raise_if_canceled(self, error: Exception) -> None:
        if self._is_canceled:
            raise ConnectorError("query", CANCELED) from error

    def _limits(self) -> Limits:
        return Limits(
            memory_bytes=MEMORY_BYTES,
            seconds=self.context.limits.max_seconds,
            result_bytes=2 * self.context.limits.max_bytes + (64 << 20),
            answer_bytes=16 << 20,
            subject="This query",
            memory_setting="the limits of this connector",
            time_setting="the limits of this connector",
        )

    def total_rows(self) -> int | None:
        return self.row_count

    def cancel(self) -> None:
        """Kills the process that reads the file."""
        self._is_canceled = True
        self._end_process()

    def close(self) -> None:
        """Nothing stays open between questions."""
