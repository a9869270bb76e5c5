"""External checks through the public URL, including any reverse proxy: TLS certificate, headers, redirects."""

import socket
from functools import lru_cache
from urllib.parse import urlsplit

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor import probe
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    error,
    ok,
    skipped,
    warning,
)
from graphkeep.upkeep.doctor.probe import Reply

group = CheckGroup("network", from_outside=True)
TLS = ManualFix(text="graphkeep tls auto, or own")
HEADERS = ManualFix(text="remove the header lines from the reverse proxy: the server sends its own")


def connect(host: str, port: int, timeout_s: float) -> socket.socket:
    """Connect through the egress gateway, like every outgoing connection.

    Raises:
        OSError: the connection failed, or the egress policy forbids it.
    """
    gateway = Gateway(lambda: False)
    gateway.allow(Endpoint(component="doctor", host=host, port=port, may_be_inside=True))
    try:
        return gateway.connect("doctor", host, port, timeout_s=timeout_s)
    except EgressForbiddenError as failure:
        raise OSError(str(failure)) from failure


def ask(url: str, path: str, *, host: str = "", plain: bool = False, method: str = "GET") -> Reply:
    return probe.ask(url, path, host=host, plain=plain, method=method, connect=connect)


@lru_cache(maxsize=32)
def asked(url: str, path: str) -> Reply:
    return ask(url, path)


@group.check(
    "outside.answers",
    "SH-41",
    why="The external checks need a server that responds.",
)
def answers(deployment: Deployment) -> CheckResult:
    try:
        reply = asked(deployment.url, "/healthz")
    except OSError as failure:
        return error(
            f"{deployment.url} does not answer: {failure}",
            ManualFix(text="check DNS, firewall and reverse proxy"),
        )
    if reply.status != 200:
        return error(
            f"{deployment.url}/healthz answers {reply.status}",
            ManualFix(text="graphkeep ps; graphkeep logs"),
        )
    return ok(f"{deployment.url} answers")


@group.check(
    "outside.certificate",
    "SH-28",
    "SH-29",
    "SH-30",
    why="An expired certificate teaches people to ignore browser warnings.",
)
def certificate(deployment: Deployment) -> CheckResult:
    parts = urlsplit(deployment.url)
    if parts.scheme != "https":
        return (
            error("the address is plain http://", TLS)
            if deployment.profile != "laptop"
            else skipped("plain HTTP on a laptop")
        )
    try:
        version, days_left, lifetime_days = probe.certificate(deployment.url, connect)
    except OSError as failure:
        return error(f"the certificate is not valid: {failure}", TLS)
    if probe.is_late(days_left, lifetime_days):
        return warning(f"expires in {days_left:.0f} days and was not renewed", TLS)
    return ok(f"{version}, valid for {days_left:.0f} more days")


def header_check(
    check_id: str,
    name: str,
    rows: tuple[str, ...],
    why: str,
    good: tuple[str, ...],
    *,
    tls_only: bool = False,
) -> None:
    @group.check(check_id, *rows, why=why)
    def look(deployment: Deployment) -> CheckResult:
        if tls_only and not deployment.url.startswith("https"):
            return skipped("sent over TLS only")
        value = asked(deployment.url, "/accounts/login/").value(name)
        if any(expected in value.lower() for expected in good):
            return ok(f"{name}: {value[:100]}")
        return error(f"{name}: {value[:100] or '(not sent)'}", HEADERS)


header_check(
    "outside.hsts",
    "strict-transport-security",
    ("SH-34", "AD-20"),
    "Without HSTS, the first request can be intercepted.",
    ("max-age=31536000",),
    tls_only=True,
)
header_check(
    "outside.nosniff",
    "x-content-type-options",
    ("SH-34", "AD-20"),
    "Browsers that guess content types run data as scripts.",
    ("nosniff",),
)
header_check(
    "outside.referrer",
    "referrer-policy",
    ("SH-15", "SH-34", "AD-20"),
    "The address of a graph must not leak to other sites.",
    ("same-origin", "no-referrer"),
)
header_check(
    "outside.csp",
    "content-security-policy",
    ("SH-14", "AD-07"),
    "A content security policy blocks injected scripts.",
    ("frame-ancestors 'none'",),
)


@group.check(
    "outside.frame-options",
    "SH-13",
    "SH-34",
    why="SAMEORIGIN from the reverse proxy disables embedding.",
)
def frame_options(deployment: Deployment) -> CheckResult:
    value = asked(deployment.url, "/embed").value("x-frame-options")
    if value:
        return warning(f"X-Frame-Options: {value} on pages that other sites may frame", HEADERS)
    return ok("embeddable pages have no X-Frame-Options")


@group.check(
    "outside.server-header",
    "AD-33",
    why="Version numbers show attackers which exploits to try.",
)
def server_header(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/healthz")
    disclosed = [
        f"{name}: {reply.value(name)}"
        for name in ("server", "x-powered-by", "via")
        if reply.value(name)
    ]
    if disclosed:
        return warning(
            "; ".join(disclosed),
            ManualFix(text="header -Server  and  header -Via  in the Caddyfile"),
        )
    return ok("no header discloses software or versions")


@group.check(
    "outside.wrong-host",
    "SH-34",
    "SH-43",
    "AD-20",
    why="A forged Host header redirects links and poisons caches.",
)
def wrong_host(deployment: Deployment) -> CheckResult:
    try:
        reply = ask(deployment.url, "/healthz", host="wrong.example.org")
    except OSError:
        return ok("the connection is closed")
    if reply.status == 200:
        return warning(
            "a request with a wrong Host header is answered",
            ManualFix(text="Admin portal, Site Settings: set the domain"),
        )
    return ok(f"a wrong Host header gets {reply.status}")


@group.check(
    "outside.http-upgrade",
    "SH-46",
    why="A browser may open the site over plain HTTP first.",
)
def http_upgrade(deployment: Deployment) -> CheckResult:
    if not deployment.url.startswith("https"):
        return skipped("the address is plain http://")
    try:
        reply = ask(deployment.url, "/", plain=True)
    except OSError:
        return ok("port 80 is closed")
    if reply.status in {301, 308} and reply.value("location").startswith("https://"):
        return ok("plain HTTP redirects to HTTPS")
    return error(f"plain HTTP gets {reply.status}", TLS)
