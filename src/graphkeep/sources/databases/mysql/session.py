"""A session with MySQL or MariaDB: unbuffered rows, ended by KILL QUERY over a second connection."""

import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa
import pymysql
from pymysql.connections import Connection
from pymysql.cursors import SSCursor

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceSchema,
)
from graphkeep.sources.databases.mysql.arrow_types import arrow_type, result_fields, to_array
from graphkeep.sources.databases.mysql.audit import account_findings
from graphkeep.sources.databases.mysql.catalog import readable_tables
from graphkeep.sources.databases.mysql.connection import connect
from graphkeep.sources.databases.mysql.errors import translated
from graphkeep.sources.databases.probe import reach
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.sql.result_batches import (
    batch_maker,
    batches_within,
    deadline,
    unique_names,
)
from graphkeep.sources.databases.stages import ConnectorError, too_slow


class MySqlSession:
    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self._connection: Connection | None = None
        self._is_cancelled = threading.Event()
        self._is_running = threading.Event()

    def test(self) -> None:
        settings = self.context.settings
        reach(self.context.outbound, settings["host"], settings["port"])
        self.reading()

    def audit(self) -> tuple[AuditFinding, ...]:
        with translated(self.context):
            return account_findings(self.reading(), self.context.settings["database"])

    def schema(self) -> SourceSchema:
        with translated(self.context):
            return readable_tables(self.reading())

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        self._is_cancelled.clear()
        connection = self.reading()
        with (
            deadline(self.context.limits.max_seconds, self.end_query) as is_late,
            self.query_of(connection) as cursor,
            translated(self.context, is_late),
        ):
            cursor.execute(query.text, in_utc(query.parameters))
            fields = result_fields(cursor)
            names = unique_names([field.name for field in fields])
            schema = pa.schema(
                list(zip(names, [arrow_type(field) for field in fields], strict=True))
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
        """KILL QUERY by a connection of its own: the first one is busy with the rows."""
        connection = self._connection
        if connection is None or not self._is_running.is_set():
            return
        with suppress(ConnectorError, pymysql.MySQLError, OSError):
            second = connect(self.context)
            try:
                second.query(f"KILL QUERY {thread_id(connection)}")
            finally:
                second.close()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and connection.open:
            with suppress(pymysql.MySQLError, OSError):
                connection.close()

    def reading(self) -> Connection:
        """The connection, in a transaction that only reads."""
        if self._connection is None or not self._connection.open:
            self._connection = connect(self.context)
        return self._connection

    @contextmanager
    def query_of(self, connection: Connection) -> Iterator[Any]:
        """An unbuffered cursor. If rows are left at its end, the query is ended at the server, and the connection too:
        PyMySQL would otherwise read all of them.
        """
        cursor: Any = SSCursor(connection)
        self._is_running.set()
        try:
            yield cursor
        finally:
            result = cursor._result  # noqa: SLF001
            if result is not None and result.unbuffered_active:
                result.unbuffered_active = False
                cursor.connection = None
                self.end_query()
                drop(connection)
                self._connection = None
            self._is_running.clear()


def drop(connection: Any) -> None:
    """End a connection without reading what is left on it."""
    connection._force_close()  # noqa: SLF001


def thread_id(connection: Any) -> int:
    return int(connection.thread_id())


def in_utc(parameters: Any) -> Any:
    """Times with a zone as the session's own, UTC: PyMySQL drops the zone."""
    if isinstance(parameters, Sequence):
        return tuple(parameters)
    return {
        name: value.astimezone(dt.UTC).replace(tzinfo=None)
        if isinstance(value, dt.datetime) and value.tzinfo
        else value
        for name, value in parameters.items()
    }
