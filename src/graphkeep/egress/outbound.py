"""The way out of one component: sockets, checked addresses and HTTP pools, for the clients of databases and services.

A library gets from here what its own connecting code would have made: a connected socket (PyMySQL), an address that
was checked (psycopg's `hostaddr`, the `resolver` of neo4j), or a urllib3 pool (clickhouse-connect, botocore).
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from socket import socket
from typing import Any

from urllib3 import PoolManager
from urllib3.connectionpool import HTTPConnectionPool

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.http import connection_pool
from graphkeep.egress.policy import EgressForbiddenError


@dataclass(frozen=True)
class Outbound:
    """Connections of `component` through `gateway`, to the endpoints that the gateway allows it."""

    gateway: Gateway
    component: str

    def connect(self, host: str, port: int, *, timeout_s: float = 10.0) -> socket:
        """A connected TCP socket.

        Raises:
            EgressForbiddenError: the host is not the component's own, or an address of it is not allowed.
            OSError: the host does not answer.
        """
        return self.gateway.connect(self.component, host, port, timeout_s=timeout_s)

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The IP addresses of a host, each checked, for a library that connects by itself to an address.

        Raises:
            EgressForbiddenError: as `connect`.
            OSError: the name cannot be resolved.
        """
        return self.gateway.addresses(self.component, host, port)

    def http_pool(
        self, url: str, *, timeout_s: float = 10.0, tls: ssl.SSLContext | None = None
    ) -> HTTPConnectionPool:
        """A urllib3 pool for the host of `url`; it follows no redirect unless a request asks for it."""
        return connection_pool(self.gateway, self.component, url, timeout_s, tls=tls)


class OneHostPools(PoolManager):
    """What a library takes in place of a pool manager of its own: one pool of `Outbound`, for one host.

    It follows no redirect, and repeats no request, whatever the library asks for. `clear` closes its connections; the
    next request opens others.
    """

    def __init__(self, make_pool: Callable[[], HTTPConnectionPool]) -> None:
        super().__init__()
        self.make_pool = make_pool
        self.pool = make_pool()

    def connection_from_host(
        self,
        host: str | None,
        port: int | None = None,
        scheme: str | None = "http",
        pool_kwargs: dict[str, Any] | None = None,
    ) -> HTTPConnectionPool:
        """Raises EgressForbiddenError: it is another host."""
        if (host, port, scheme) != (self.pool.host, self.pool.port, self.pool.scheme):
            raise EgressForbiddenError(f"Only {self.pool.host}:{self.pool.port} may be asked.")
        return self.pool

    def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> Any:  # type: ignore[override]
        return super().urlopen(method, url, redirect=False, **{**kw, "retries": False})

    def clear(self) -> None:
        self.pool.close()
        self.pool = self.make_pool()
