#!/usr/bin/env python3
"""A server as a machine outside meets it. One file, for any Python from 3.9 on, with nothing to install:

    python3 probe.py https://graphs.example.org [--json] [--ca FILE] [--allow PORT]

It tells what answers and what should not; the exit status is 1 where something is wrong, 2 where nothing could be asked.
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
    """`state` is ok, warning or error."""

    name: str
    state: str
    said: str


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
    """One request; redirects are not followed.

    Raises:
        OSError: nobody answers there, or not with a certificate that is good.
    """
    place = urlsplit(url)
    name = place.hostname or ""
    is_tls = place.scheme == "https" and not plain
    port = 80 if plain else place.port or (443 if is_tls else 80)
    link = http.client.HTTPConnection(name, port, timeout=TIMEOUT_S)
    try:
        link.sock = connect(name, port, TIMEOUT_S)
        if is_tls:
            context = trusted or ssl.create_default_context()
            link.sock = context.wrap_socket(link.sock, server_hostname=name)
        body = b"{}" if method == "POST" else None
        link.request(method, path, body, {"Host": host or (name if plain else place.netloc)})
        answer = link.getresponse()
        pairs = [(key.lower(), value) for key, value in answer.getheaders()]
        text = answer.read(1 << 16).decode(errors="replace")
        return Reply(answer.status, pairs, text)
    except http.client.HTTPException as failure:
        raise OSError(str(failure)) from failure
    finally:
        link.close()


def open_ports(host: str, ports: Iterable[int], connect: Connect = plain_connect) -> list[int]:
    """Those of the ports that take a connection from here."""

    def answers(port: int) -> bool:
        try:
            connect(host, port, PORT_TIMEOUT_S).close()
        except OSError:
            return False
        return True

    wanted = sorted(ports)
    with ThreadPoolExecutor(max_workers=16) as pool:
        return [port for port, found in zip(wanted, pool.map(answers, wanted)) if found]  # noqa: B905  # Python 3.9


def old_tls(url: str, connect: Connect = plain_connect) -> str:
    """The version before 1.2 that is still spoken, or nothing."""
    place = urlsplit(url)
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            link = connect(place.hostname or "", place.port or 443, TIMEOUT_S)
        except (OSError, ValueError):
            continue
        try:
            with context.wrap_socket(link, server_hostname=place.hostname) as spoken:
                return spoken.version() or ""
        except OSError:
            link.close()
    return ""


def certificate(
    url: str, connect: Connect = plain_connect, trusted: ssl.SSLContext | None = None
) -> tuple[str, float, float]:
    """(version of TLS, days left, days of its whole life).

    Raises:
        OSError: it is not good for this name, over, or of an unknown authority.
    """
    place = urlsplit(url)
    name = place.hostname or ""
    context = trusted or ssl.create_default_context()
    link = connect(name, place.port or 443, TIMEOUT_S)
    with context.wrap_socket(link, server_hostname=name) as spoken:
        found, version = spoken.getpeercert() or {}, spoken.version() or ""
    begins = ssl.cert_time_to_seconds(str(found["notBefore"]))
    ends = ssl.cert_time_to_seconds(str(found["notAfter"]))
    return version, (ends - time.time()) / 86400, (ends - begins) / 86400


def is_late(left: float, whole: float) -> bool:
    return left < 14 and left < whole / 3


def repeated(reply: Reply) -> list[str]:
    return [name for name in ONCE if len(reply.values(name)) > 1]


def leads_to_itself(url: str, reply: Reply, path: str) -> bool:
    return reply.status in {301, 302, 307, 308} and reply.value("location") == url + path


def probe(
    url: str, *, allowed: Iterable[int] = (), trusted: ssl.SSLContext | None = None
) -> list[Finding]:
    """Everything that a stranger can see.

    Raises:
        OSError: the server does not answer at all.
    """
    url = url.rstrip("/")
    place = urlsplit(url)
    host = place.hostname or ""
    page = ask(url, "/accounts/login/", trusted=trusted)
    return [
        answering(url, page),
        *ports(host, {place.port or 443, *allowed}),
        *(
            transport(url, trusted)
            if place.scheme == "https"
            else [Finding("tls", "error", "plain HTTP")]
        ),
        *in_clear(url),
        *headers(url, page, trusted),
        *paths(url, trusted),
    ]


def answering(url: str, page: Reply) -> Finding:
    if leads_to_itself(url, page, "/accounts/login/"):
        said = "leads to itself: the balancer must send X-Forwarded-Proto, and be named by graphkeep tls offload --proxies"
        return Finding("answers", "error", said)
    state = "ok" if page.status == 200 else "error"
    return Finding("answers", state, f"the sign-in page answers {page.status}")


def ports(host: str, allowed: set[int]) -> list[Finding]:
    found = open_ports(host, ({22, 80} | set(INNER_PORTS)) - allowed)
    made = [
        Finding(
            f"port {port}",
            "error",
            f"{INNER_PORTS[port]} answers from here; close it: graphkeep firewall print",
        )
        for port in found
        if port in INNER_PORTS
    ]
    if 22 in found:
        said = "SSH answers from here; it is for the VPN or the bastion (ignore this when you ask from there)"
        made.append(Finding("port 22", "warning", said))
    return made or [Finding("ports", "ok", "no port answers but those of the web")]


def transport(url: str, trusted: ssl.SSLContext | None) -> list[Finding]:
    made = []
    version, left, whole = certificate(url, trusted=trusted)
    state = "warning" if is_late(left, whole) else "ok"
    made.append(
        Finding("certificate", state, f"good for {left:.0f} more days of {whole:.0f}, {version}")
    )
    old = old_tls(url)
    made.append(Finding("old tls", "error" if old else "ok", old or "nothing before TLS 1.2"))
    return made


def in_clear(url: str) -> list[Finding]:
    """Plain HTTP leads pages to TLS and refuses programs, or is closed."""
    if not url.startswith("https"):
        return []
    try:
        page = ask(url, "/accounts/login/", plain=True)
        program = ask(url, "/api-token-auth/", plain=True, method="POST")
    except OSError:
        return [Finding("plain http", "ok", "port 80 is closed")]
    leads = page.status in {301, 308} and page.value("location").startswith("https://")
    made = [
        Finding("plain http", "ok" if leads else "error", f"a page is answered by {page.status}")
    ]
    if DEFAULT_PAGES.search(page.body):
        made.append(
            Finding(
                "default page",
                "error",
                "port 80 shows the page of a web server that was just installed",
            )
        )
    state = {403: "ok", 301: "warning", 308: "warning"}.get(program.status, "error")
    made.append(
        Finding("password in clear", state, f"is answered by {program.status}; 403 is right")
    )
    return made


def headers(url: str, page: Reply, trusted: ssl.SSLContext | None) -> list[Finding]:
    made = []
    for name, good in HEADERS.items():
        found = page.value(name)
        is_good = any(one in found.lower() for one in good) or (
            name.startswith("strict") and not url.startswith("https")
        )
        made.append(Finding(name, "ok" if is_good else "error", found[:100] or "(not sent)"))
    twice = repeated(page)
    if twice:
        said = f"sent twice, by the server and by a proxy: {', '.join(twice)}"
        made.append(Finding("headers twice", "warning", said))
    framed = ask(url, "/embed", trusted=trusted).value("x-frame-options")
    if framed:
        made.append(
            Finding(
                "x-frame-options", "warning", f"{framed} on pages for embedding ends all embedding"
            )
        )
    told = [
        f"{name}: {page.value(name)}"
        for name in ("server", "x-powered-by", "via")
        if page.value(name)
    ]
    made.append(Finding("names itself", "warning" if told else "ok", "; ".join(told) or "no"))
    return made


def paths(url: str, trusted: ssl.SSLContext | None) -> list[Finding]:
    made = []
    for path in STRANGE_PATHS:
        reply = ask(url, path, trusted=trusted)
        if reply.status == 200:
            made.append(Finding(path, "error", "answers to a stranger"))
        if DEFAULT_PAGES.search(reply.body):
            made.append(
                Finding("default page", "error", f"{path} shows the page of a fresh web server")
            )
    listed = ask(url, "/api/v2/datasets/", trusted=trusted).status
    if listed not in {401, 403}:
        made.append(Finding("/api/v2/datasets/", "error", f"answers {listed} to a stranger"))
    try:
        other = ask(url, "/healthz", host="wrong.example.org", trusted=trusted).status
    except OSError:
        other = 0
    if other == 200:
        made.append(Finding("wrong host", "warning", "a wrong Host is answered; set SITE_DOMAIN"))
    return made or [Finding("paths", "ok", "strangers find nothing")]


def main() -> int:
    words = argparse.ArgumentParser(description="Ask a server what a stranger outside sees of it.")
    words.add_argument("url")
    words.add_argument("--json", action="store_true")
    words.add_argument("--ca", help="a file with the authority of its certificate")
    words.add_argument(
        "--allow", type=int, action="append", default=[], help="a port that is meant to answer"
    )
    said = words.parse_args()
    trusted = ssl.create_default_context(cafile=said.ca) if said.ca else None
    try:
        found = probe(said.url, allowed=said.allow, trusted=trusted)
    except OSError as failure:
        print(f"{said.url} does not answer: {failure}", file=sys.stderr)
        return 2
    if said.json:
        print(json.dumps([one._asdict() for one in found], indent=1))
    else:
        for one in found:
            print(f"{one.state.upper():<8} {one.name}: {one.said}")
    return 1 if any(one.state == "error" for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
