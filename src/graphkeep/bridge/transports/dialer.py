"""Connections of a bridge to its server: through the egress gateway, an HTTP proxy if there is one, and TLS."""

import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from socket import socket
from urllib.parse import unquote, urlsplit

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import Endpoint
from graphkeep.graph.errors import UserInputError

COMPONENT = "bridge"
CONNECT_S = 2.5  # short, so that a path which returns is tried again soon
MAX_PROXY_REPLY = 16 << 10
PORTS = {"http": 80, "https": 443}


class ProxyRefusedError(OSError):
    """The HTTP proxy does not connect to the server."""


@dataclass(frozen=True)
class Dialer:
    """Opens connections to `base_url`, with TLS for https."""

    gateway: Gateway
    base_url: str
    proxy: str = field(default="", repr=False)  # may hold a password
    ca_file: str = ""
    is_air_gapped: bool = False

    def __post_init__(self) -> None:
        host, port = self.next_hop
        endpoint = Endpoint(
            component=COMPONENT,
            host=host,
            port=port,
            may_be_inside=True,
            must_be_inside=self.is_air_gapped,
        )
        self.gateway.allow(endpoint)

    @property
    def server(self) -> tuple[str, int]:
        url = urlsplit(self.base_url)
        return url.hostname or "", url.port or PORTS[url.scheme]

    @property
    def next_hop(self) -> tuple[str, int]:
        if not self.proxy:
            return self.server
        url = urlsplit(self.proxy)
        return url.hostname or "", url.port or PORTS["http"]

    @property
    def is_encrypted(self) -> bool:
        return self.base_url.startswith("https:")

    def tls_context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer, with the system's authorities or those of `ca_file`.

        Raises:
            UserInputError: the file holds no certificate.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
        except OSError as error:
            raise UserInputError(f"{self.ca_file} holds no certificate authority.") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def connect_plain(self) -> socket:
        """A TCP connection to the server, through the proxy if there is one, without TLS yet.

        Raises:
            EgressForbiddenError: the host is not inside although air gap is on, or never allowed.
            OSError: it cannot be reached.
        """
        connection = self.gateway.connect(COMPONENT, *self.next_hop, timeout_s=CONNECT_S)
        if self.proxy:
            try:
                self._connect_through_proxy(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def connect(self) -> socket:
        """As `connect_plain`, with TLS for https. Raises also ssl.SSLError, which is an OSError."""
        connection = self.connect_plain()
        if not self.is_encrypted:
            return connection
        try:
            return self.tls_context().wrap_socket(connection, server_hostname=self.server[0])
        except BaseException:
            connection.close()
            raise

    def _connect_through_proxy(self, connection: socket) -> None:
        host, port = self.server
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        url = urlsplit(self.proxy)
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if url.username is not None:
            credentials = f"{unquote(url.username)}:{unquote(url.password or '')}"
            lines.append(f"Proxy-Authorization: Basic {b64encode(credentials.encode()).decode()}")
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        reply = b""
        while not reply.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)  # what follows belongs to the server
            if not byte or len(reply) > MAX_PROXY_REPLY:
                raise ProxyRefusedError("The proxy closed the connection.")
            reply += byte
        status = reply.split(b" ", 2)[1:2]
        if status != [b"200"]:
            code = status[0].decode(errors="replace")[:3] if status else "no status"
            raise ProxyRefusedError(f"The proxy refuses the connection to {target}: {code}")
