"""One HTTP request to another machine, through the gateway.

A redirect is an answer like any other and is not followed: where it leads was checked by nobody.
"""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from graphkeep.egress.gateway import Gateway
from graphkeep.telemetry import metrics

MOST_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`body` holds no more than the bytes that were asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def place_of(url: str) -> tuple[str, int]:
    """Host and port of an http or https address; an empty host for anything else."""
    address = urlsplit(url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        return "", 0
    return address.hostname, address.port or (443 if address.scheme == "https" else 80)


def ask(
    gateway: Gateway,
    component: str,
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float = 10.0,
    authorities: str = "",
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Ask once; the component's endpoint must be allowed before. `authorities` is a file of certificates.

    Raises:
        EgressForbiddenError: air gap is on, or the place is not the component's own.
        OSError, http.client.HTTPException: nobody answers there, or not in HTTP.
    """
    address = urlsplit(url)
    host, port = place_of(url)
    link = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        link.sock = gateway.connect(component, host, port, timeout_s=timeout_s)
        if address.scheme == "https":
            context = ssl.create_default_context(cafile=authorities or None)
            link.sock = context.wrap_socket(link.sock, server_hostname=host)
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        link.request(method, target, body, dict(headers or {}))
        answer = link.getresponse()
        metrics.inc("egress_bytes_total", len(body or b""), component=component)
        return Answer(
            status=answer.status,
            headers={name.lower(): value for name, value in answer.getheaders()},
            body=answer.read(most_bytes),
        )
    finally:
        link.close()
