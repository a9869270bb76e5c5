#!/usr/bin/env python3
"""External probe of a server's exposure. A single file without dependencies, for Python 3.9 or newer:

    python3 probe.py https://graphs.example.org [--json] [--ca FILE] [--allow PORT]

It reports what an unauthenticated client can reach. Exit status: 1 if a finding is an error, 2 if the server does
not answer.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlsplit

TIMEOUT_S = 10.0
PORT_TIMEOUT_S = 3.0
INNER_PORTS = {
    2019: "Caddy's own interface", 2375: "Docker", 3000: "a development server", 3306: "MySQL", 5432: "PostgreSQL",
    5601: "Kibana", 6379: "Redis", 7474: "Neo4j", 7687: "Neo4j", 8000: "the application itself", 8080: "an inner web server",
    8786: "the Dask scheduler", 8787: "the Dask dashboard", 8888: "notebooks", 9000: "an inner service", 9090: "metrics",
    9200: "Elasticsearch", 27017: "MongoDB",
}  # fmt: skip
STRANGE_PATHS = (
    "/admin-portal/", "/admin/", "/metrics", "/debug", "/server-status", "/.env", "/.git/config", "/data/config/custom.env",
    "/data/db.sqlite3", "/api/docs", "/openapi.json", "/static/../.env",
)  # fmt: skip
DEFAULT_PAGES = re.compile(
    r"welcome to nginx|apache2? .*default page|it works!|caddy.*works|iis windows server|test page for",
    re.IGNORECASE,
)
HEADERS = {
    "strict-transport-security": ("max-age=31536000",),
    "x-content-type-options": ("nosniff",),
    "referrer-policy": ("same-origin", "no-referrer"),
    "content-security-policy": ("frame-ancestors",),
}
ONCE = (*HEADERS, "x-frame-options", "permissions-policy", "cross-origin-opener-policy")

Connect = Callable[[str, int, float], socket.socket]


class Reply(NamedTuple):
    status: int
    pairs: list[tuple[str, str]]
    body: str

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def value(self, name: str) -> str:
        return ", ".join(self.values(name))


class Finding(NamedTuple):
    """The result of one test; `state` is ok, warning or error."""

    name: str
    state: str
    message: str


def plain_connect(host: str, port: int, timeout_s: float) -> socket.socket:
    return socket.create_connection((host, port), timeout=timeout_s)


def ask(
    url: str,
    path: str,
    *,
    host: str = "",
    method: str = "GET",
    plain: bool = False,
    connect: Connect = plain_connect,
    trusted: ssl.SSLContext | None = None,
) -> Reply:
    """Send one request; redirects are not followed.

    Raises:
        OSError: the server does not answer, or its certificate is not valid.
    """
    parts = urlsplit(url)
    hostname = parts.hostname or ""
    is_tls = parts.scheme == "https" and not plain
    port = 80 if plain else parts.port or (443 if is_tls else 80)
    connection = http.client.HTTPConnection(hostname, port, timeout=TIMEOUT_S)
    try:
        connection.sock = connect(hostname, port, TIMEOUT_S)
        if is_tls:
            context = trusted or ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=hostname)
        body = b"{}" if method == "POST" else None
        connection.request(
            method, path, body, {"Host": host or (hostname if plain else parts.netloc)}
        )
        response = connection.getresponse()
        pairs = [(key.lower(), value) for key, value in response.getheaders()]
        text = response.read(1 << 16).decode(errors="replace")
        return Reply(response.status, pairs, text)
    except http.client.HTTPException as failure:
        raise OSError(str(failure)) from failure
    finally:
        connection.close()


def open_ports(host: str, ports: Iterable[int], connect: Connect = plain_connect) -> list[int]:
    """The ports that accept a TCP connection from this machine, sorted."""

    def answers(port: int) -> bool:
        try:
            connect(host, port, PORT_TIMEOUT_S).close()
        except OSError:
            return False
        return True

    candidates = sorted(ports)
    with ThreadPoolExecutor(max_workers=16) as pool:
        return [port for port, is_open in zip(candidates, pool.map(answers, candidates)) if is_open]  # noqa: B905  # Python 3.9


def old_tls(url: str, connect: Connect = plain_connect) -> str:
    """The TLS version older than 1.2 that the server accepts, or an empty string."""
    parts = urlsplit(url)
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            connection = connect(parts.hostname or "", parts.port or 443, TIMEOUT_S)
        except (OSError, ValueError):
            continue
        try:
            with context.wrap_socket(connection, server_hostname=parts.hostname) as tls:
                return tls.version() or ""
        except OSError:
            connection.close()
    return ""


def certificate(
    url: str, connect: Connect = plain_connect, trusted: ssl.SSLContext | None = None
) -> tuple[str, float, float]:
    """(TLS version, days until the certificate expires, days of its total validity).

    Raises:
        OSError: the certificate is for another name, expired, or from an unknown authority.
    """
    parts = urlsplit(url)
    hostname = parts.hostname or ""
    context = trusted or ssl.create_default_context()
    connection = connect(hostname, parts.port or 443, TIMEOUT_S)
    with context.wrap_socket(connection, server_hostname=hostname) as tls:
        peer, version = tls.getpeercert() or {}, tls.version() or ""
    begins = ssl.cert_time_to_seconds(str(peer["notBefore"]))
    ends = ssl.cert_time_to_seconds(str(peer["notAfter"]))
    return version, (ends - time.time()) / 86400, (ends - begins) / 86400


def is_late(left: float, lifetime_days: float) -> bool:
    return left < 14 and left < lifetime_days / 3


def repeated(reply: Reply) -> list[str]:
    return [name for name in ONCE if len(reply.values(name)) > 1]


def leads_to_itself(url: str, reply: Reply, path: str) -> bool:
    return reply.status in {301, 302, 307, 308} and reply.value("location") == url + path


def probe(
    url: str, *, allowed: Iterable[int] = (), trusted: ssl.SSLContext | None = None
) -> list[Finding]:
    """Findings about everything that an unauthenticated client can see.

    Raises:
        OSError: the server does not answer.
    """
    url = url.rstrip("/")
    parts = urlsplit(url)
    host = parts.hostname or ""
    page = ask(url, "/accounts/login/", trusted=trusted)
    return [
        answering(url, page),
        *ports(host, {parts.port or 443, *allowed}),
        *(
            transport(url, trusted)
            if parts.scheme == "https"
            else [Finding("tls", "error", "plain HTTP")]
        ),
        *in_clear(url),
        *headers(url, page, trusted),
        *paths(url, trusted),
    ]


def answering(url: str, page: Reply) -> Finding:
    if leads_to_itself(url, page, "/accounts/login/"):
        detail = "redirect loop: the load balancer must send X-Forwarded-Proto, and be trusted: graphkeep tls offload --proxies"
        return Finding("answers", "error", detail)
    state = "ok" if page.status == 200 else "error"
    return Finding("answers", state, f"the sign-in page gives {page.status}")


def ports(host: str, allowed: set[int]) -> list[Finding]:
    reachable = open_ports(host, ({22, 80} | set(INNER_PORTS)) - allowed)
    findings = [
        Finding(
            f"port {port}",
            "error",
            f"{INNER_PORTS[port]} is reachable from here; close it: graphkeep firewall print",
        )
        for port in reachable
        if port in INNER_PORTS
    ]
    if 22 in reachable:
        detail = "SSH is reachable from here; restrict it to the VPN or bastion (ignore this when you run the check from there)"
        findings.append(Finding("port 22", "warning", detail))
    return findings or [Finding("ports", "ok", "only the web ports are reachable")]


def transport(url: str, trusted: ssl.SSLContext | None) -> list[Finding]:
    findings = []
    version, days_left, lifetime_days = certificate(url, trusted=trusted)
    state = "warning" if is_late(days_left, lifetime_days) else "ok"
    findings.append(
        Finding(
            "certificate",
            state,
            f"valid for {days_left:.0f} more days of {lifetime_days:.0f}, {version}",
        )
    )
    old_version = old_tls(url)
    findings.append(
        Finding(
            "old tls", "error" if old_version else "ok", old_version or "no TLS version below 1.2"
        )
    )
    return findings


def in_clear(url: str) -> list[Finding]:
    """Check that port 80 is closed, or redirects pages to HTTPS and rejects API requests."""
    if not url.startswith("https"):
        return []
    try:
        page = ask(url, "/accounts/login/", plain=True)
        api_reply = ask(url, "/api-token-auth/", plain=True, method="POST")
    except OSError:
        return [Finding("plain http", "ok", "port 80 is closed")]
    is_redirect = page.status in {301, 308} and page.value("location").startswith("https://")
    findings = [
        Finding(
            "plain http", "ok" if is_redirect else "error", f"a page request gets {page.status}"
        )
    ]
    if DEFAULT_PAGES.search(page.body):
        findings.append(
            Finding(
                "default page",
                "error",
                "port 80 shows the default page of a web server",
            )
        )
    state = {403: "ok", 301: "warning", 308: "warning"}.get(api_reply.status, "error")
    findings.append(Finding("password in clear", state, f"gets {api_reply.status}; expected 403"))
    return findings


def headers(url: str, page: Reply, trusted: ssl.SSLContext | None) -> list[Finding]:
    findings = []
    for name, accepted in HEADERS.items():
        sent = page.value(name)
        is_good = any(value in sent.lower() for value in accepted) or (
            name.startswith("strict") and not url.startswith("https")
        )
        findings.append(Finding(name, "ok" if is_good else "error", sent[:100] or "(not sent)"))
    duplicates = repeated(page)
    if duplicates:
        detail = f"sent twice, by the server and by a reverse proxy: {', '.join(duplicates)}"
        findings.append(Finding("headers twice", "warning", detail))
    frame_options = ask(url, "/embed", trusted=trusted).value("x-frame-options")
    if frame_options:
        findings.append(
            Finding(
                "x-frame-options",
                "warning",
                f"{frame_options} on embeddable pages disables embedding",
            )
        )
    disclosed = [
        f"{name}: {page.value(name)}"
        for name in ("server", "x-powered-by", "via")
        if page.value(name)
    ]
    findings.append(
        Finding(
            "software disclosed", "warning" if disclosed else "ok", "; ".join(disclosed) or "no"
        )
    )
    return findings


def paths(url: str, trusted: ssl.SSLContext | None) -> list[Finding]:
    findings = []
    for path in STRANGE_PATHS:
        reply = ask(url, path, trusted=trusted)
        if reply.status == 200:
            findings.append(Finding(path, "error", "accessible without authentication"))
        if DEFAULT_PAGES.search(reply.body):
            findings.append(
                Finding("default page", "error", f"{path} shows the default page of a web server")
            )
    list_status = ask(url, "/api/v2/datasets/", trusted=trusted).status
    if list_status not in {401, 403}:
        findings.append(
            Finding("/api/v2/datasets/", "error", f"gives {list_status} without authentication")
        )
    try:
        host_status = ask(url, "/healthz", host="wrong.example.org", trusted=trusted).status
    except OSError:
        host_status = 0
    if host_status == 200:
        findings.append(
            Finding("wrong host", "warning", "a wrong Host header is answered; set SITE_DOMAIN")
        )
    return findings or [Finding("paths", "ok", "nothing is accessible without authentication")]


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Check what a server exposes to clients without authentication."
    )
    parser.add_argument("url")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--ca", help="a file with the certificate authority of the server's certificate"
    )
    parser.add_argument(
        "--allow", type=int, action="append", default=[], help="a port that is expected to be open"
    )
    arguments = parser.parse_args()
    trusted = ssl.create_default_context(cafile=arguments.ca) if arguments.ca else None
    try:
        findings = probe(arguments.url, allowed=arguments.allow, trusted=trusted)
    except OSError as failure:
        print(f"{arguments.url} does not answer: {failure}", file=sys.stderr)
        return 2
    if arguments.json:
        # `said` is the former name of `message`, for one release.
        rows = [{**finding._asdict(), "said": finding.message} for finding in findings]
        print(json.dumps(rows, indent=1))
    else:
        for finding in findings:
            print(f"{finding.state.upper():<8} {finding.name}: {finding.message}")
    return 1 if any(finding.state == "error" for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
