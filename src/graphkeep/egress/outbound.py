"""The way out of one component: sockets, checked addresses and HTTP pools, for the clients of databases and services.

A library gets from here what its own connecting code would have made: a connected socket (PyMySQL), an address that
was checked (psycopg's `hostaddr`, the `resolver` of neo4j), or a urllib3 pool (clickhouse-connect, botocore).
"""

import ssl
from dataclasses import dataclass
from socket import socket

from urllib3.connectionpool import HTTPConnectionPool

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.http import connection_pool


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
