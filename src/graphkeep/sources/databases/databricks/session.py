"""A session with Databricks SQL: one statement at a time, read chunk by chunk."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.databricks.arrow_types import arrow_type, text_batch
from graphkeep.sources.databases.databricks.audit import (
    account_findings,
    groups_of,
    privileges_query,
)
from graphkeep.sources.databases.databricks.statements import (
    STATEMENTS,
    arrow_of_link,
    chunks,
    finished,
    statement_request,
    workspace_client,
)
from graphkeep.sources.databases.probe import reach
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.sql.result_batches import (
    MAX_BATCH_ROWS,
    deadline,
    unique_names,
)
from graphkeep.sources.databases.stages import ConnectorError, too_slow
from graphkeep.sources.databases.tls import client_tls

CANCEL_S = 3.0
MAX_TABLES = 2000


class DatabricksSession:
    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self.client = workspace_client(context)
        self._statement_id = ""
        self._total_rows: int | None = None
        self._stop = threading.Event()
        self._is_cancelled = threading.Event()

    def test(self) -> None:
        settings = self.context.settings
        tls = client_tls(settings.get("ca_certificates") or "")
        reach(self.context.outbound, settings["host"], settings["port"], tls=tls)
        self.client.send_json("GET", f"/api/2.0/sql/warehouses/{settings['warehouse_id']}")

    def audit(self) -> tuple[AuditFinding, ...]:
        person = self.client.send_json("GET", "/api/2.0/preview/scim/v2/Me")
        rows = self.rows(privileges_query(self.context.settings["catalog"], groups_of(person)))
        return account_findings(person, rows, self.context.settings["schema"])

    def schema(self) -> SourceSchema:
        catalog = quoted(self.context.settings["catalog"])
        rows = self.rows(
            f"SELECT table_schema, table_name, column_name, full_data_type FROM {catalog}.information_schema.columns "  # noqa: S608 - quoted
            "WHERE table_schema <> 'information_schema' ORDER BY table_schema, table_name, ordinal_position"
        )
        tables: dict[tuple[str, str], list[SourceColumn]] = {}
        for schema, table, name, kind in rows:
            tables.setdefault((schema, table), []).append(SourceColumn(name=name, type=kind))
        listed = [
            SourceTable(name=table, container=schema, columns=tuple(columns))
            for (schema, table), columns in tables.items()
        ]
        return SourceSchema(tables=tuple(listed[:MAX_TABLES]), is_cut=len(listed) > MAX_TABLES)

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        self._is_cancelled.clear()
        self._stop.clear()
        self._total_rows = None
        limits = self.context.limits
        with deadline(limits.max_seconds, self.end_query) as is_late:
            try:
                row_count = size_bytes = 0
                for batch in self.batches(query):
                    yield batch
                    row_count, size_bytes = row_count + batch.num_rows, size_bytes + batch.nbytes
                    if self._stop.is_set():
                        raise ConnectorError("query", "The query was cancelled.")
                    if row_count > limits.max_rows or size_bytes > limits.max_bytes:
                        return
            except ConnectorError as error:
                if is_late.is_set():
                    raise too_slow(self.context.limits.max_seconds) from error
                if self._is_cancelled.is_set():
                    raise ConnectorError("query", "The query was cancelled.") from error
                raise
            finally:
                self._statement_id = ""

    def batches(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        answer = self.execute(query)
        manifest = answer["manifest"]
        self._total_rows = manifest.get("total_row_count")
        columns = manifest["schema"].get("columns") or []
        names = unique_names([column["name"] for column in columns])
        schema = pa.schema(list(zip(names, map(arrow_type, columns), strict=True)))
        is_empty = True
        for chunk in chunks(self.client, answer):
            for table in chunk_tables(chunk, schema, self.context):
                for batch in table.to_batches(MAX_BATCH_ROWS):
                    is_empty = False
                    yield batch
        if is_empty:
            yield text_batch([], schema)

    def execute(self, query: CheckedQuery) -> Mapping[str, Any]:
        request = statement_request(query, self.context, self.context.limits)
        answer = self.client.send_json("POST", STATEMENTS, content=request)
        self._statement_id = answer["statement_id"]
        return finished(self.client, answer, self._stop)

    def rows(self, text: str) -> list[list[Any]]:
        """The rows of a short query of our own."""
        self._stop.clear()
        table = pa.Table.from_batches(self.batches(CheckedQuery(language="sql", text=text)))
        return [list(row.values()) for row in table.to_pylist()]

    def total_rows(self) -> int | None:
        return self._total_rows

    def cancel(self) -> None:
        self._is_cancelled.set()
        self.end_query()

    def end_query(self) -> None:
        statement_id = self._statement_id  # `run` forgets it as soon as it is told to stop
        self._stop.set()
        if statement_id:
            client = workspace_client(self.context, timeout_s=CANCEL_S)
            with suppress(ConnectorError):
                client.send("POST", f"{STATEMENTS}/{statement_id}/cancel")
            client.close()
            self.client.cancel()

    def close(self) -> None:
        self.client.close()


def chunk_tables(
    chunk: Mapping[str, Any], schema: pa.Schema, context: ConnectionContext
) -> Iterator[pa.Table]:
    """The rows of a part of a result: in it as texts, or as Arrow behind its links."""
    for link in chunk.get("external_links") or ():
        with pa.ipc.open_stream(arrow_of_link(link["external_link"], context)) as reader:
            yield reader.read_all().rename_columns(schema.names)
    rows = chunk.get("data_array")
    if rows:
        yield pa.Table.from_batches([text_batch(rows, schema)])


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
