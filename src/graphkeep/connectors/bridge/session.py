"""Sessions that ask over a bridge: the same as a session with the source itself, which the bridge opens."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from graphkeep.bridge.protocol.frames import Ask, Operation
from graphkeep.bridge.protocol.source_request import SourceRequest, encode_request
from graphkeep.bridge.server.query_client import CONNECT_TIMEOUT_S, OUTAGE_ALLOWANCE_S, QueryClient
from graphkeep.bridge.server.relay import Relay
from graphkeep.connectors.bridge.registry import DatabaseRegistry, find_holder
from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, SourceQuery

MAX_AUDIT_S = 60.0


def relay_folder() -> Path:
    """The folder of the relays' sockets, which all processes of the server reach."""
    return Path(settings.BRIDGE_RELAY_DIR)


def new_relay() -> Relay:
    """The relay of this process; one each."""
    return Relay(DatabaseRegistry(), relay_folder())


@dataclass
class BridgeSourceSession:
    """Implements `SourceSession`. `query` is what `run` will be called with, as it was asked: the bridge checks it again.

    `query_id`: 32 hex digits; a request with the same id, also after a restart, gets the answer of the first.
    `instance`: the bridge that was asked for it before; no other bridge is. `on_ask` gets it before the first time.
    """

    slot: str
    kind: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    limits: QueryLimits = field(default_factory=QueryLimits)
    query: SourceQuery | None = None
    query_id: str = ""
    instance: str = ""
    on_ask: Callable[[str], None] | None = None
    _client: QueryClient | None = None
    _is_cut: bool = False

    def test(self) -> None:
        self._ask("test")

    def audit(self) -> tuple[AuditFinding, ...]:
        return tuple(AuditFinding(**finding) for finding in self._ask("audit"))

    def schema(self) -> SourceSchema:
        value = self._ask("schema")
        return SourceSchema(
            tables=tuple(
                SourceTable(
                    **{
                        **table,
                        "columns": tuple(SourceColumn(**column) for column in table["columns"]),
                    }
                )
                for table in value["tables"]
            ),
            is_cut=value["is_cut"],
        )

    def _ask(self, operation: Operation) -> Any:
        client = self._new_client(operation, None, "")
        for _ in client.batches():
            pass
        return client.end.value if client.end is not None else None

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        """The rows of `self.query`. `query` is its checked form: the bridge prints its own."""
        self._client = self._new_client("query", self.query, self.query_id)
        yield from self._client.batches()

    def total_rows(self) -> int | None:
        """How many rows the source has; one more than came where a limit of the bridge left some out."""
        end = self._client.end if self._client is not None else None
        if end is None:
            return None
        return end.rows + 1 if end.total is None and end.is_cut else end.total

    def cancel(self) -> None:
        if self._client is not None:
            self._client.cancel()

    def detach(self) -> None:
        """Leave the query to another process, which resumes its answer by the same query id."""
        if self._client is not None:
            self._client.detach()

    def close(self) -> None:
        pass  # the connection ends with each answer

    def _new_client(
        self, operation: Operation, query: SourceQuery | None, query_id: str
    ) -> QueryClient:
        request = SourceRequest(
            kind=self.kind,
            query=query,
            limits=self.limits,
            settings=self.settings,
            secrets=self.secrets,
        )
        ask = Ask(
            query_id=query_id or secrets.token_hex(16),
            operation=operation,
            request=encode_request(request),
            deadline_s=min(self.limits.max_seconds, 3600.0) if query else MAX_AUDIT_S,
        )
        return QueryClient(
            self.slot,
            ask,
            folder=relay_folder(),
            find_holder=lambda: find_holder(self.slot),
            # A bridge that was asked before is connected to the server again after some seconds.
            connect_timeout_s=OUTAGE_ALLOWANCE_S if self.instance else CONNECT_TIMEOUT_S,
            instance=self.instance if query_id else "",
            on_ask=self.on_ask if query_id else None,
        )
