"""Entered rows as Arrow batches. Nothing leaves this machine."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from graphkeep.graph.errors import GraphkeepError
from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceSchema,
)
from graphkeep.sources.databases.enter_data.check import EVENTS, MAX_ROWS
from graphkeep.sources.databases.jq_sandbox import JqSandbox
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.record_tables import record_batches, records_table
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.sources.parser import FileParser


class EnteredData:
    """A session without a source: `test` passes always."""

    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self.row_count: int | None = None
        self.is_canceled = False

    def test(self) -> None:
        """There is nothing to reach."""

    def audit(self) -> tuple[AuditFinding, ...]:
        return (AuditFinding(check="no-account", is_excess=False, message="No account is used."),)

    def schema(self) -> SourceSchema:
        return SourceSchema()

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        """Raises ConnectorError: the rows do not read, or the jq program fails."""
        table = self._table(query)
        if self.is_canceled:
            raise ConnectorError("query", "The query was canceled.")
        self.row_count = table.num_rows
        yield from record_batches(table)

    def _table(self, query: CheckedQuery) -> pa.Table:
        if query.language == "json":
            return records_table(json.loads(query.text))
        if query.language == "csv":
            return self._csv_table(query.text)
        events = dict(query.parameters)[EVENTS]
        sandbox = JqSandbox(self.context.scratch_folder)
        rows = sandbox.run(query.text, events, max_rows=MAX_ROWS)
        if len(rows) > MAX_ROWS:
            raise ConnectorError("query", f"The jq program gives more than {MAX_ROWS:,} rows.")
        return records_table(rows)

    def _csv_table(self, text: str) -> pa.Table:
        parser = FileParser(
            memory_bytes=512 << 20, timeout_s=min(30.0, self.context.limits.max_seconds),
            scratch=self.context.scratch_folder, warm_count=0,
        )  # fmt: skip
        with tempfile.TemporaryDirectory(dir=self.context.scratch_folder) as name:
            folder = Path(name)
            source = folder / "entered.csv"
            source.write_text(text, encoding="utf-8", errors="replace")
            try:
                parser.parse(source, file_format="csv", name="entered.csv", into=folder)
                with pa.ipc.open_file((folder / "0.arrow").read_bytes()) as reader:
                    return reader.read_all()
            except GraphkeepError as error:
                raise ConnectorError("query", error.message) from error

    def total_rows(self) -> int | None:
        return self.row_count

    def cancel(self) -> None:
        """What runs ends by itself within seconds; its rows are then not given."""
        self.is_canceled = True

    def close(self) -> None:
        """There is nothing to close."""
