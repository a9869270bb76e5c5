"""The Bolt driver, held to the addresses that the egress gateway has checked."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

import neo4j
from neo4j.exceptions import (
    AuthError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graphkeep.egress.audit_hook import allow_connections
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.neo4j.terminate import new_marker, terminate_transactions
from graphkeep.sources.databases.probe import failure_of, not_answered, reach
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.sources.databases.tls import client_tls

CONNECT_S = 5.0
FETCH_SIZE = 2_000
MAX_MESSAGE = 500


class BoltClient:
    """One driver and its connection; `end` may be called by another thread, and ends what runs."""

    def __init__(self, context: ConnectionContext) -> None:
        settings = context.settings
        self.host, self.port = settings["host"], settings["port"]
        self.outbound = context.outbound
        self.database = settings.get("database") or None
        self.authorities = settings.get("ca_certificates") or ""
        self.has_tls = settings["tls"]
        self.credentials = (settings["user"], context.secrets.get("password", ""))
        self.max_seconds = context.limits.max_seconds
        self.is_abandoned = False
        self.marker = ""
        self.ended_by: Literal["", "cancel", "timeout"] = ""
        self.driver = self._new_driver()

    def _new_driver(self) -> neo4j.Driver:
        """It connects at the first query."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return neo4j.GraphDatabase.driver(
            f"bolt://{host}:{self.port}",
            auth=self.credentials,
            resolver=self._resolve,
            connection_timeout=CONNECT_S,
            connection_acquisition_timeout=2 * CONNECT_S,
            max_connection_pool_size=1,
            max_transaction_retry_time=0,
            telemetry_disabled=True,
            notifications_min_severity="OFF",
            user_agent="graphkeep",
            **self._encryption(),
        )  # fmt: skip

    def _resolve(self, address: Any) -> list[neo4j.Address]:
        """The checked addresses of the connector's host, whatever address the driver asks for."""
        return [
            neo4j.Address((each, self.port))
            for each in self.outbound.addresses(self.host, self.port)
        ]

    def _encryption(self) -> dict[str, Any]:
        if not self.has_tls:
            return {"encrypted": False}
        return {"ssl_context": named_tls(client_tls(self.authorities), self.host)}

    def reach(self) -> None:
        """Raises ConnectorError: of a stage before sign-in."""
        tls = client_tls(self.authorities) if self.has_tls else None
        reach(self.outbound, self.host, self.port, tls=tls)

    @contextmanager
    def records(
        self, text: str, parameters: dict[str, Any], *, is_marked: bool = False
    ) -> Iterator[neo4j.Result]:
        """The result of a query, in a transaction that only reads, until the deadline.

        `is_marked`: `end` also ends it at the source.

        Raises:
            ConnectorError: the source does not answer, or answers with an error.
        """
        self.is_abandoned = False
        if self.ended_by == "timeout":
            self.ended_by = ""
        deadline = threading.Timer(self.max_seconds, self.end, args=("timeout",))
        deadline.daemon = True
        deadline.start()
        try:
            with self.driver.session(
                database=self.database,
                default_access_mode=neo4j.READ_ACCESS,
                fetch_size=FETCH_SIZE,
            ) as session:
                self.marker = new_marker() if is_marked else ""
                query = neo4j.Query(self.marker + text, timeout=self.max_seconds)
                with allow_connections():  # the reader has the thread while rows are given
                    result = session.run(query, parameters)
                if self.ended_by:  # while the driver was still connecting
                    self._kill()
                yield result
        except (Neo4jError, DriverError, OSError, EgressForbiddenError) as error:
            if not self.is_abandoned:
                raise self.failure_of(error) from None
        finally:
            deadline.cancel()
            self.marker = ""

    def end(self, by: Literal["cancel", "timeout"]) -> None:
        """End the connection, so that the reading thread wakes, and then what still runs for it at the source."""
        self.ended_by = self.ended_by or by
        marker, self.marker = self.marker, ""
        is_connected = bool(self._connections())
        self._kill()
        if marker and is_connected:
            terminate_transactions(self._new_driver(), marker, database=self.database)

    def abandon(self) -> None:
        """Leave the rest of a result: the driver would otherwise wait until the server has come to its end."""
        self.is_abandoned = True
        self._kill()

    def _kill(self) -> None:
        # The driver's own `close` waits to say goodbye, and must not share a TLS connection with the reading thread.
        for connection in self._connections():
            with suppress(OSError):
                connection.kill()

    def _connections(self) -> list[Any]:
        pool = self.driver._pool  # noqa: SLF001
        return [each for connections in list(pool.connections.values()) for each in connections]

    def close(self) -> None:
        with suppress(DriverError, OSError):
            self.driver.close()

    def failure_of(self, error: Exception) -> ConnectorError:
        if self.ended_by == "cancel":
            return ConnectorError("query", "The query was canceled.")
        if self.ended_by == "timeout":
            return ConnectorError(
                "timeout", f"The query did not end within {self.max_seconds:g} s.",
                advice="Ask for less, or raise the connector's limit of seconds.",
            )  # fmt: skip
        cause = refused_or_network(error)
        if cause is not None:
            return failure_of(cause, self.host, self.port)
        code = str(getattr(error, "code", "") or "")
        if isinstance(error, AuthError) or code.startswith("Neo.ClientError.Security.Auth"):
            return ConnectorError(
                "sign-in", f"{self.host} does not accept this user and password.",
                advice="Enter the password again, and check that the account is not suspended.",
            )  # fmt: skip
        message = str(getattr(error, "message", "") or error).splitlines()[0][:MAX_MESSAGE]
        if "Security.Forbidden" in code:
            return ConnectorError(
                "permission", f"The account may not do this: {message}",
                advice="Grant the role what its recipe has, and no more.",
            )  # fmt: skip
        if "TransactionTimedOut" in code:
            return not_answered(self.host, self.port)
        return ConnectorError("query", f"{self.host} answers with an error: {message}")


def named_tls(context: ssl.SSLContext, host: str) -> ssl.SSLContext:
    """The context, which checks the certificate for `host`: the driver connects to an address, and would check that."""
    wrap = context.wrap_socket

    def wrap_socket(sock: Any, **options: Any) -> ssl.SSLSocket:
        return wrap(sock, **{**options, "server_hostname": host})

    context.wrap_socket = wrap_socket  # type: ignore[assignment,method-assign]
    return context


def refused_or_network(error: BaseException) -> Exception | None:
    """The refusal of the gateway or the operating system's error at the root of a driver's error."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, (EgressForbiddenError, OSError)):
            return seen
        is_last = seen.__cause__ is None
        if is_last and isinstance(seen, (ServiceUnavailable, SessionExpired)):
            return ConnectionResetError(str(seen)[:MAX_MESSAGE])
        seen = seen.__cause__
    return None
