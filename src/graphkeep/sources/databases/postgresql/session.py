"""A session with PostgreSQL: rows by a server-side cursor, cancelled at the server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pyarrow as pa

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceSchema,
)
from graphkeep.sources.databases.postgresql.arrow_types import (
    arrow_type,
    register_loaders,
    to_array,
)
from graphkeep.sources.databases.postgresql.audit import account_findings
from graphkeep.sources.databases.postgresql.catalog import readable_tables, refuse_no_schema
from graphkeep.sources.databases.postgresql.connection import (
    TlsFiles,
    begin_reading,
    connect,
    probe,
)
from graphkeep.sources.databases.postgresql.errors import translated
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.sql.result_batches import (
    batch_maker,
    batches_within,
    deadline,
    unique_names,
)
from graphkeep.sources.databases.stages import ConnectorError, too_slow

CANCEL_S = 5.0


class PostgreSqlSession:
    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        settings = context.settings
        self.tls_files = TlsFiles(settings.get("ca_certificates") or "")
        self._connection: psycopg.Connection | None = None
        self._is_cancelled = threading.Event()

    def test(self) -> None:
        probe(self.context)
        with translated(self.context):
            refuse_no_schema(self.reading(), self.context.settings["schema"])

    def audit(self) -> tuple[AuditFinding, ...]:
        with translated(self.context):
            return account_findings(self.reading(), self.context.settings["schema"])

    def schema(self) -> SourceSchema:
        with translated(self.context):
            return readable_tables(self.reading())

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        self._is_cancelled.clear()
        with deadline(self.context.limits.max_seconds, self.end_query) as is_late:
            with translated(self.context, is_late):
                connection = self.reading()
                cursor = psycopg.RawServerCursor(connection, "graphkeep")
            with released(cursor), translated(self.context, is_late):
                cursor.execute(query.text, tuple(query.parameters))
                columns = cursor.description or []
                names = unique_names([column.name for column in columns])
                schema = pa.schema(
                    list(zip(names, [arrow_type(column) for column in columns], strict=True))
                )
                for batch in batches_within(
                    cursor.fetchmany, batch_maker(schema, to_array), self.context.limits
                ):
                    yield batch
                    if self._is_cancelled.is_set():
                        raise ConnectorError("query", "The query was cancelled.")
                    if is_late.is_set():
                        raise too_slow(self.context.limits.max_seconds)

    def total_rows(self) -> int | None:
        return None

    def cancel(self) -> None:
        self._is_cancelled.set()
        self.end_query()

    def end_query(self) -> None:
        connection = self._connection
        if connection is not None and not connection.closed:
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=CANCEL_S)

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self.tls_files.close()

    def reading(self) -> psycopg.Connection:
        """The connection, in a new transaction that only reads."""
        if self._connection is None or self._connection.closed:
            self._connection = connect(self.context, self.tls_files)
            register_loaders(self._connection)
        begin_reading(self._connection, self.context)
        return self._connection


@contextmanager
def released(cursor: psycopg.RawServerCursor) -> Iterator[None]:
    """Close the cursor and its transaction: the server then works out no more rows."""
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            cursor.close()
        with suppress(psycopg.Error):
            cursor.connection.rollback()
