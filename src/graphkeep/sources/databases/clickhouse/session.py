"""A session with ClickHouse: a stream of Arrow batches, ended by the query's id."""

import io
import threading
import uuid
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
import pyarrow as pa
import pyarrow.ipc
import urllib3
from clickhouse_connect import common
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.connectionpool import HTTPConnectionPool

from graphkeep.egress.outbound import OneHostPools
from graphkeep.sources.databases.clickhouse.arrow_types import plain_batch
from graphkeep.sources.databases.clickhouse.audit import account_findings
from graphkeep.sources.databases.clickhouse.errors import translated
from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.http_client.client import HttpClient
from graphkeep.sources.databases.http_client.sockets import OpenSockets
from graphkeep.sources.databases.probe import reach
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.sql.result_batches import (
    MAX_BATCH_ROWS,
    deadline,
    unique_names,
)
from graphkeep.sources.databases.sql.server_settings import tls_of
from graphkeep.sources.databases.stages import ConnectorError, too_slow

CONNECT_S = 10.0
MAX_TABLES = 2000
COLUMNS = """
    SELECT database, table, name, type FROM system.columns
    WHERE lower(database) NOT IN ('system', 'information_schema') ORDER BY database, table, position LIMIT 40000
"""
KILL = b"KILL QUERY WHERE query_id = {id:String} ASYNC"
END_OF_STREAM = b"\xff\xff\xff\xff\0\0\0\0"
KILL_S = 3.0
ARROW = {
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_low_cardinality_as_dictionary": 0,
    "output_format_arrow_compression_method": "none",
}


class ClickHouseSession:
    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self._client: Any = None
        self._query_id = ""
        self._sockets = OpenSockets()
        self._is_cancelled = threading.Event()
        self._is_running = threading.Event()

    def test(self) -> None:
        settings = self.context.settings
        reach(self.context.outbound, settings["host"], settings["port"], tls=tls_of(settings))
        with translated(self.context):
            self.client().raw_query("SELECT 1", settings={"readonly": 1})

    def audit(self) -> tuple[AuditFinding, ...]:
        with translated(self.context):
            grants = self.ask("SHOW GRANTS")
            read_only = self.ask("SELECT value FROM system.settings WHERE name = 'readonly'")
        return account_findings(
            grants, self.context.settings["database"], is_read_only=read_only.strip() != "0"
        )

    def schema(self) -> SourceSchema:
        with translated(self.context):
            rows = [line.split("\t") for line in self.ask(COLUMNS).splitlines()]
        tables: dict[tuple[str, str], list[SourceColumn]] = {}
        for database, table, name, kind in rows:
            tables.setdefault((database, table), []).append(SourceColumn(name=name, type=kind))
        listed = [
            SourceTable(name=table, container=database, columns=tuple(columns))
            for (database, table), columns in tables.items()
        ]
        return SourceSchema(tables=tuple(listed[:MAX_TABLES]), is_cut=len(listed) > MAX_TABLES)

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        self._is_cancelled.clear()
        self._is_running.set()
        try:
            yield from self.batches(query)
        finally:
            self._is_running.clear()
            self._sockets.forget()

    def batches(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        limits = self.context.limits
        with (
            deadline(limits.max_seconds, self.end_query) as is_late,
            translated(self.context, is_late=is_late, is_cancelled=self._is_cancelled),
        ):
            described = self.ask(f"DESCRIBE ({query.text})", dict(query.parameters))
            columns = [line.split("\t")[:2] for line in described.splitlines()]
            names, types = (
                unique_names([name for name, _ in columns]),
                [kind for _, kind in columns],
            )
            row_count = size_bytes = 0
            with self.rows_of(query) as stream:
                for block in whole_stream(stream):
                    for start in range(0, max(block.num_rows, 1), MAX_BATCH_ROWS):
                        batch = plain_batch(block.slice(start, MAX_BATCH_ROWS), names, types)
                        yield batch
                        row_count, size_bytes = (
                            row_count + batch.num_rows,
                            size_bytes + batch.nbytes,
                        )
                        if self._is_cancelled.is_set():
                            raise ConnectorError("query", "The query was cancelled.")
                        if is_late.is_set():
                            raise too_slow(self.context.limits.max_seconds)
                        if row_count > limits.max_rows or size_bytes > limits.max_bytes:
                            return

    @contextmanager
    def rows_of(self, query: CheckedQuery) -> Iterator["MarkedStream"]:
        """The Arrow stream of a query. What is left of it at the end is not read: the query is ended at the server."""
        limits = self.context.limits
        self._query_id = uuid.uuid4().hex
        settings = {
            "query_id": self._query_id, "readonly": 1, "max_execution_time": max(1, round(limits.max_seconds)),
            "cancel_http_readonly_queries_on_client_close": 1, "max_block_size": MAX_BATCH_ROWS, **ARROW,
        }  # fmt: skip
        response: Any = self.client().raw_stream(
            query.text, parameters=dict(query.parameters), settings=settings, fmt="ArrowStream"
        )  # fmt: skip
        try:
            yield MarkedStream(response)
        except GeneratorExit:
            self.end_query()
            raise
        finally:
            self._query_id = ""
            with suppress(OSError, urllib3.exceptions.HTTPError):
                response.close()

    def total_rows(self) -> int | None:
        return None

    def cancel(self) -> None:
        self._is_cancelled.set()
        if self._is_running.is_set():
            self.end_query()

    def end_query(self) -> None:
        """KILL QUERY by a connection of its own; then the first one ends, whatever the server does."""
        query_id = self._query_id
        if query_id:
            self.kill_query(query_id)
        self._sockets.end("cancel")

    def kill_query(self, query_id: str) -> None:
        settings = self.context.settings
        account = f"{settings['user']}:{self.context.secrets.get('password', '')}".encode()
        client = HttpClient(
            self.context.outbound,
            self.url,
            headers={"Authorization": f"Basic {b64encode(account).decode()}"},
            tls=tls_of(settings),
            timeout_s=KILL_S,
        )
        with suppress(ConnectorError):
            client.send("POST", "/", query=[("param_id", query_id)], body=KILL)
        client.close()

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, urllib3.exceptions.HTTPError, ClickHouseError):
                client.close()

    def ask(self, text: str, parameters: dict[str, Any] | None = None) -> str:
        """A short answer as tab-separated text."""
        answer: bytes = self.client().raw_query(
            text, parameters=parameters, settings={"readonly": 1}, fmt="TabSeparatedRaw"
        )
        return answer.decode()

    @property
    def url(self) -> str:
        settings = self.context.settings
        host = f"[{settings['host']}]" if ":" in settings["host"] else settings["host"]
        return f"{'http' if settings['tls'] == 'off' else 'https'}://{host}:{settings['port']}"

    def new_pool(self) -> HTTPConnectionPool:
        pool = self.context.outbound.http_pool(
            self.url, timeout_s=CONNECT_S, tls=tls_of(self.context.settings)
        )
        pool.ConnectionCls = self._sockets.track(pool.ConnectionCls)
        return pool

    def client(self) -> Any:
        self._sockets.begin()
        if self._client is None:
            settings = self.context.settings
            # A setting that the account's profile fixes is left to the profile.
            common.set_setting("invalid_setting_action", "drop")
            self._client = clickhouse_connect.get_client(
                interface=urlsplit(self.url).scheme,
                host=settings["host"],
                port=settings["port"],
                username=settings["user"],
                password=self.context.secrets.get("password", ""),
                database=settings["database"],
                compress=False,
                autogenerate_session_id=False,
                query_retries=0,
                send_receive_timeout=int(self.context.limits.max_seconds) + 5,
                client_name="graphkeep",
                pool_mgr=OneHostPools(self.new_pool),
            )
        return self._client


class MarkedStream(io.RawIOBase):
    """The body of a response; `is_complete` tells whether it ended with Arrow's end-of-stream marker.

    Arrow and HTTP/1.0 both take a connection that ends between two batches for the end of the rows.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self._tail = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._response.read(None if size < 0 else size)
        self._tail = (self._tail + data[-len(END_OF_STREAM) :])[-len(END_OF_STREAM) :]
        return data

    @property
    def is_complete(self) -> bool:
        return self._tail == END_OF_STREAM


def whole_stream(stream: MarkedStream) -> Iterator[pa.RecordBatch]:
    """The batches of a stream; at least one. Raises ArrowInvalid: it ends before its last batch."""
    is_empty = True
    with pa.ipc.open_stream(stream) as reader:
        for batch in reader:
            is_empty = False
            yield batch
        if not stream.is_complete:
            raise pa.ArrowInvalid("The stream has no end.")
        if is_empty:
            yield pa.RecordBatch.from_pylist([], reader.schema)
