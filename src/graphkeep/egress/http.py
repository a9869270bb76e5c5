"""HTTP requests to other machines: urllib3, over connections that the egress gateway opens.

The gateway resolves the name, checks every address and connects to the address it has checked; urllib3 does
the rest. Nothing follows a redirect, whose target nobody has checked, and no proxy of the environment is used.
"""

import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from graphkeep.egress.gateway import Gateway
from graphkeep.telemetry import metrics

logger = logging.getLogger("urllib3.connectionpool")
MAX_BYTES = 1 << 20
Connect = Callable[[str, int], socket]  # host and port -> a connected socket


def hide_queries(record: logging.LogRecord) -> bool:
    """Cut the query off the addresses in urllib3's log lines: services take keys there."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            argument.partition("?")[0] if isinstance(argument, str) else argument
            for argument in record.args
        )
    return True


logger.addFilter(hide_queries)


class NoResponseError(OSError):
    """The other machine's answer is not HTTP."""


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    """`headers` have lower-case names; `body` has no more than the requested bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def host_and_port(url: str) -> tuple[str, int]:
    """Host and port of an http or https address; an empty host for anything else."""
    address = urlsplit(url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        return "", 0
    return address.hostname, address.port or (443 if address.scheme == "https" else 80)


def connection_class(base: type[HTTPConnection], connect: Connect) -> type[Any]:
    """A connection class of urllib3 whose sockets come from `connect`, and from nowhere else."""

    def new_connection(self: HTTPConnection) -> socket:
        return connect(self.host, self.port)

    return type("GatewayConnection", (base,), {"_new_conn": new_connection})


def send_request(
    gateway: Gateway,
    component: str,
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float = 10.0,
    ca_file: str = "",
    max_bytes: int = MAX_BYTES,
) -> HttpResponse:
    """Send one request, without retries; the component's endpoint must be allowed before.

    `ca_file` is a file of certificate authorities, in place of the system's.

    Raises:
        EgressForbiddenError: air gap is on, or the host is not the component's own.
        OSError: the host does not answer, or not in HTTP.
    """
    address = urlsplit(url)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    with connection_pool(gateway, component, url, timeout_s, ca_file) as pool:
        try:
            response = pool.urlopen(
                method,
                target,
                body,
                {"User-Agent": urllib3.util.SKIP_HEADER, **(headers or {})},
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            metrics.inc("egress_bytes_total", len(body or b""), component=component)
            with response:
                return HttpResponse(
                    status=response.status,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=response.read(max_bytes),
                )
        except urllib3.exceptions.HTTPError as error:
            raise cause_of(error) from error


def connection_pool(
    gateway: Gateway,
    component: str,
    url: str,
    timeout_s: float,
    ca_file: str = "",
    tls: ssl.SSLContext | None = None,
) -> HTTPConnectionPool:
    host, port = host_and_port(url)

    def connect(host: str, port: int) -> socket:
        return gateway.connect(component, host, port, timeout_s=timeout_s)

    if urlsplit(url).scheme != "https":
        pool = HTTPConnectionPool(host, port, timeout=timeout_s)
        pool.ConnectionCls = connection_class(HTTPConnection, connect)
        return pool
    context = tls or ssl.create_default_context(cafile=ca_file or None)
    tls_pool = HTTPSConnectionPool(host, port, timeout=timeout_s, ssl_context=context)
    tls_pool.ConnectionCls = connection_class(HTTPSConnection, connect)
    return tls_pool


def cause_of(error: urllib3.exceptions.HTTPError) -> OSError:
    """The operating system's error, if there was one: its class and text are the clearest."""
    for argument in error.args:
        if isinstance(argument, OSError):
            return argument
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return TimeoutError(str(error))
    return NoResponseError(str(error))
