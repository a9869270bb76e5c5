"""The server as a stranger's browser meets it: asked by its address, through whatever stands before it."""

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
HEADERS = ManualFix(text="take header lines out of the proxy: the server sends its own")


def connect(host: str, port: int, timeout_s: float) -> socket.socket:
    """The probe's connections go the one way out, as every other."""
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
    why="Nothing else can be seen where nothing answers.",
)
def answers(deployment: Deployment) -> CheckResult:
    try:
        reply = asked(deployment.url, "/healthz")
    except OSError as failure:
        return error(
            f"{deployment.url} does not answer: {failure}",
            ManualFix(text="look at DNS, firewall and proxy"),
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
    why="An ended certificate teaches people to click warnings away.",
)
def certificate(deployment: Deployment) -> CheckResult:
    place = urlsplit(deployment.url)
    if place.scheme != "https":
        return (
            error("the address is plain http://", TLS)
            if deployment.profile != "laptop"
            else skipped("plain HTTP on a laptop")
        )
    try:
        version, left, whole = probe.certificate(deployment.url, connect)
    except OSError as failure:
        return error(f"the certificate is not good: {failure}", TLS)
    if probe.is_late(left, whole):
        return warning(f"ends in {left:.0f} days and was not renewed", TLS)
    return ok(f"{version}, for {left:.0f} more days")


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
            return skipped("sent over TLS alone")
        found = asked(deployment.url, "/accounts/login/").value(name)
        if any(one in found.lower() for one in good):
            return ok(f"{name}: {found[:100]}")
        return error(f"{name}: {found[:100] or '(not sent)'}", HEADERS)


header_check(
    "outside.hsts",
    "strict-transport-security",
    ("SH-34", "AD-20"),
    "Without it the first request can be caught.",
    ("max-age=31536000",),
    tls_only=True,
)
header_check(
    "outside.nosniff",
    "x-content-type-options",
    ("SH-34", "AD-20"),
    "Browsers guess types and run what is data.",
    ("nosniff",),
)
header_check(
    "outside.referrer",
    "referrer-policy",
    ("SH-15", "SH-34", "AD-20"),
    "The address of a graph is a secret.",
    ("same-origin", "no-referrer"),
)
header_check(
    "outside.csp",
    "content-security-policy",
    ("SH-14", "AD-07"),
    "It keeps strangers' words from running as scripts.",
    ("frame-ancestors 'none'",),
)


@group.check(
    "outside.frame-options",
    "SH-13",
    "SH-34",
    why="SAMEORIGIN at the proxy ends all embedding.",
)
def frame_options(deployment: Deployment) -> CheckResult:
    found = asked(deployment.url, "/embed").value("x-frame-options")
    if found:
        return warning(f"X-Frame-Options: {found} on pages that other sites frame", HEADERS)
    return ok("pages for embedding carry no X-Frame-Options")


@group.check(
    "outside.server-header",
    "AD-33",
    why="Versions tell attackers what to try.",
)
def server_header(deployment: Deployment) -> CheckResult:
    found = asked(deployment.url, "/healthz")
    told = [
        f"{name}: {found.value(name)}"
        for name in ("server", "x-powered-by", "via")
        if found.value(name)
    ]
    if told:
        return warning(
            "; ".join(told), ManualFix(text="header -Server  and  header -Via  in the Caddyfile")
        )
    return ok("no header tells what runs here")


@group.check(
    "outside.wrong-host",
    "SH-34",
    "SH-43",
    "AD-20",
    why="A forged Host leads links and caches elsewhere.",
)
def wrong_host(deployment: Deployment) -> CheckResult:
    try:
        reply = ask(deployment.url, "/healthz", host="wrong.example.org")
    except OSError:
        return ok("the connection is closed")
    if reply.status == 200:
        return warning(
            "a wrong Host is answered",
            ManualFix(text="Admin portal, Site Settings: set the domain"),
        )
    return ok(f"a wrong Host is answered by {reply.status}")


@group.check(
    "outside.http-upgrade",
    "SH-46",
    why="Who types the name alone comes by plain HTTP.",
)
def http_upgrade(deployment: Deployment) -> CheckResult:
    if not deployment.url.startswith("https"):
        return skipped("the address is plain http://")
    try:
        reply = ask(deployment.url, "/", plain=True)
    except OSError:
        return ok("port 80 is closed")
    if reply.status in {301, 308} and reply.value("location").startswith("https://"):
        return ok("plain HTTP leads to HTTPS")
    return error(f"plain HTTP is answered by {reply.status}", TLS)


@group.check(
    "outside.portal",
    "AD-01",
    "SH-09",
    why="Strangers have no business there.",
)
def portal(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/admin-portal/")
    if reply.status == 200:
        return error(
            "the Admin portal answers to a stranger", ManualFix(text="report it: this must not be")
        )
    return ok(f"a stranger is answered by {reply.status}")


@group.check(
    "outside.graphs",
    "SH-01",
    why="Lists are for those who are signed in.",
)
def graphs(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/api/v2/datasets/")
    if reply.status not in {401, 403}:
        return error(
            f"the list of graphs answers {reply.status} to a stranger",
            ManualFix(text="report it: this must not be"),
        )
    return ok(f"a stranger is answered by {reply.status}")


@group.check(
    "outside.first-api",
    "SH-68",
    why="The first API carried keys in addresses.",
)
def first_api(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/etl")
    if reply.status != 410:
        return warning(
            f"/etl answers {reply.status}",
            ManualFix(text="look whether another server answers there"),
        )
    return ok("the first API is gone")


@group.check(
    "outside.health",
    "AD-33",
    why="Health for strangers tells no versions.",
)
def health(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/healthz")
    if reply.body.strip() != '{"success": true}':
        return warning(
            "the health page tells more than that it is well",
            ManualFix(text="look what stands before the server"),
        )
    return ok("it tells only that it is well")


@group.check(
    "outside.ports",
    "SH-41",
    "SH-50",
    why="An inner port that answers outside is a second, unguarded door.",
)
def ports(deployment: Deployment) -> CheckResult:
    place = urlsplit(deployment.url)
    wanted = ({22} | set(probe.INNER_PORTS)) - {place.port or 0}
    found = probe.open_ports(place.hostname or "", wanted, connect)
    inner = [f"{port} ({probe.INNER_PORTS[port]})" for port in found if port in probe.INNER_PORTS]
    if inner:
        return error(
            f"answers from here: {', '.join(inner)}", ManualFix(text="graphkeep firewall print")
        )
    if 22 in found:
        return warning(
            "SSH answers from here",
            ManualFix(text="let the VPN or the bastion in only: graphkeep firewall print"),
        )
    return ok("no port answers but those of the web")


@group.check(
    "outside.old-tls",
    "SH-28",
    why="TLS before 1.2 is broken.",
)
def old_tls(deployment: Deployment) -> CheckResult:
    if not deployment.url.startswith("https"):
        return skipped("the address is plain http://")
    found = probe.old_tls(deployment.url, connect)
    if found:
        return error(
            f"{found} is spoken",
            ManualFix(text="let Caddy do TLS, or forbid what is older than 1.2"),
        )
    return ok("nothing before TLS 1.2")


@group.check(
    "outside.cleartext",
    "SH-32",
    "SH-46",
    why="A program that is redirected has sent its password in clear already.",
)
def cleartext(deployment: Deployment) -> CheckResult:
    if not deployment.url.startswith("https"):
        return skipped("the address is plain http://")
    try:
        reply = ask(deployment.url, "/api-token-auth/", plain=True, method="POST")
    except OSError:
        return ok("port 80 is closed")
    if reply.status == 403:
        return ok("a password over plain HTTP is refused")
    if reply.status in {301, 308}:
        return warning(
            f"the proxy redirects it ({reply.status})",
            ManualFix(
                text="let the proxy pass plain HTTP on, with X-Forwarded-Proto; the server refuses it"
            ),
        )
    return error(
        f"a password over plain HTTP is answered by {reply.status}",
        ManualFix(text="set REQUIRE_TLS=true in data/config/custom.env; graphkeep restart"),
    )


@group.check(
    "outside.loop",
    "SH-31",
    "SH-46",
    why="A balancer that does not say https is redirected to https for ever.",
)
def loop(deployment: Deployment) -> CheckResult:
    path = "/accounts/login/"
    if probe.leads_to_itself(deployment.url, asked(deployment.url, path), path):
        return error(
            "the sign-in page leads to itself",
            ManualFix(
                text="let the balancer send X-Forwarded-Proto, and name it: graphkeep tls offload --proxies"
            ),
        )
    return ok("no page leads to itself")


@group.check(
    "outside.headers-once",
    "SH-34",
    "AD-20",
    why="Browsers take one of two headers that disagree, or neither.",
)
def headers_once(deployment: Deployment) -> CheckResult:
    twice = probe.repeated(asked(deployment.url, "/accounts/login/"))
    if twice:
        return warning(
            f"sent by the server and by a proxy: {', '.join(twice)}",
            ManualFix(
                text="put the lines into data/config/caddy/headers, where they replace the server's"
            ),
        )
    return ok("each header is sent once")


@group.check(
    "outside.strange-paths",
    "SH-41",
    "AD-33",
    why="Files and default pages that nobody meant to show tell attackers where to begin.",
)
def strange_paths(deployment: Deployment) -> CheckResult:
    found = []
    for path in probe.STRANGE_PATHS:
        reply = asked(deployment.url, path)
        if reply.status == 200 or probe.DEFAULT_PAGES.search(reply.body):
            found.append(path)
    if found:
        return error(
            f"answers to a stranger: {', '.join(found)}",
            ManualFix(text="look what stands before the server"),
        )
    return ok("nothing answers that should not")
