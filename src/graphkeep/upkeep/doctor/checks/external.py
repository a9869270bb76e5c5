"""The server as a stranger's browser meets it: asked by its address, through whatever stands before it."""

import socket
from functools import lru_cache
from urllib.parse import urlsplit

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor import probe
from graphkeep.upkeep.doctor.check import Answer, Book, ByHand, error, ok, skipped, warning
from graphkeep.upkeep.doctor.probe import Reply

book = Book("network")
TLS = ByHand(text="graphkeep tls auto, or own")
HEADERS = ByHand(text="take header lines out of the proxy: the server sends its own")


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


@book.check(
    "outside.answers",
    "SH-41",
    why="Nothing else can be seen where nothing answers.",
    needs_url=True,
    is_fast=False,
)
def answers(here: Deployment) -> Answer:
    try:
        reply = asked(here.url, "/healthz")
    except OSError as failure:
        return error(
            f"{here.url} does not answer: {failure}", ByHand(text="look at DNS, firewall and proxy")
        )
    if reply.status != 200:
        return error(
            f"{here.url}/healthz answers {reply.status}",
            ByHand(text="graphkeep ps; graphkeep logs"),
        )
    return ok(f"{here.url} answers")


@book.check(
    "outside.certificate",
    "SH-28",
    "SH-29",
    "SH-30",
    why="An ended certificate teaches people to click warnings away.",
    needs_url=True,
    is_fast=False,
)
def certificate(here: Deployment) -> Answer:
    place = urlsplit(here.url)
    if place.scheme != "https":
        return (
            error("the address is plain http://", TLS)
            if here.profile != "laptop"
            else skipped("plain HTTP on a laptop")
        )
    try:
        version, left, whole = probe.certificate(here.url, connect)
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
    @book.check(check_id, *rows, why=why, needs_url=True, is_fast=False)
    def look(here: Deployment) -> Answer:
        if tls_only and not here.url.startswith("https"):
            return skipped("sent over TLS alone")
        found = asked(here.url, "/accounts/login/").value(name)
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


@book.check(
    "outside.frame-options",
    "SH-13",
    "SH-34",
    why="SAMEORIGIN at the proxy ends all embedding.",
    needs_url=True,
    is_fast=False,
)
def frame_options(here: Deployment) -> Answer:
    found = asked(here.url, "/embed").value("x-frame-options")
    if found:
        return warning(f"X-Frame-Options: {found} on pages that other sites frame", HEADERS)
    return ok("pages for embedding carry no X-Frame-Options")


@book.check(
    "outside.server-header",
    "AD-33",
    why="Versions tell attackers what to try.",
    needs_url=True,
    is_fast=False,
)
def server_header(here: Deployment) -> Answer:
    found = asked(here.url, "/healthz")
    told = [
        f"{name}: {found.value(name)}"
        for name in ("server", "x-powered-by", "via")
        if found.value(name)
    ]
    if told:
        return warning(
            "; ".join(told), ByHand(text="header -Server  and  header -Via  in the Caddyfile")
        )
    return ok("no header tells what runs here")


@book.check(
    "outside.wrong-host",
    "SH-34",
    "SH-43",
    "AD-20",
    why="A forged Host leads links and caches elsewhere.",
    needs_url=True,
    is_fast=False,
)
def wrong_host(here: Deployment) -> Answer:
    try:
        reply = ask(here.url, "/healthz", host="wrong.example.org")
    except OSError:
        return ok("the connection is closed")
    if reply.status == 200:
        return warning(
            "a wrong Host is answered", ByHand(text="Admin portal, Site Settings: set the domain")
        )
    return ok(f"a wrong Host is answered by {reply.status}")


@book.check(
    "outside.http-upgrade",
    "SH-46",
    why="Who types the name alone comes by plain HTTP.",
    needs_url=True,
    is_fast=False,
)
def http_upgrade(here: Deployment) -> Answer:
    if not here.url.startswith("https"):
        return skipped("the address is plain http://")
    try:
        reply = ask(here.url, "/", plain=True)
    except OSError:
        return ok("port 80 is closed")
    if reply.status in {301, 308} and reply.value("location").startswith("https://"):
        return ok("plain HTTP leads to HTTPS")
    return error(f"plain HTTP is answered by {reply.status}", TLS)


@book.check(
    "outside.portal",
    "AD-01",
    "SH-09",
    why="Strangers have no business there.",
    needs_url=True,
    is_fast=False,
)
def portal(here: Deployment) -> Answer:
    reply = asked(here.url, "/admin-portal/")
    if reply.status == 200:
        return error(
            "the Admin portal answers to a stranger", ByHand(text="report it: this must not be")
        )
    return ok(f"a stranger is answered by {reply.status}")


@book.check(
    "outside.graphs",
    "SH-01",
    why="Lists are for those who are signed in.",
    needs_url=True,
    is_fast=False,
)
def graphs(here: Deployment) -> Answer:
    reply = asked(here.url, "/api/v2/datasets/")
    if reply.status not in {401, 403}:
        return error(
            f"the list of graphs answers {reply.status} to a stranger",
            ByHand(text="report it: this must not be"),
        )
    return ok(f"a stranger is answered by {reply.status}")


@book.check(
    "outside.first-api",
    "SH-68",
    why="The first API carried keys in addresses.",
    needs_url=True,
    is_fast=False,
)
def first_api(here: Deployment) -> Answer:
    reply = asked(here.url, "/etl")
    if reply.status != 410:
        return warning(
            f"/etl answers {reply.status}", ByHand(text="look whether another server answers there")
        )
    return ok("the first API is gone")


@book.check(
    "outside.health",
    "AD-33",
    why="Health for strangers tells no versions.",
    needs_url=True,
    is_fast=False,
)
def health(here: Deployment) -> Answer:
    reply = asked(here.url, "/healthz")
    if reply.body.strip() != '{"success": true}':
        return warning(
            "the health page tells more than that it is well",
            ByHand(text="look what stands before the server"),
        )
    return ok("it tells only that it is well")


@book.check(
    "outside.ports",
    "SH-41",
    "SH-50",
    why="An inner port that answers outside is a second, unguarded door.",
    needs_url=True,
    is_fast=False,
)
def ports(here: Deployment) -> Answer:
    place = urlsplit(here.url)
    wanted = ({22} | set(probe.INNER_PORTS)) - {place.port or 0}
    found = probe.open_ports(place.hostname or "", wanted, connect)
    inner = [f"{port} ({probe.INNER_PORTS[port]})" for port in found if port in probe.INNER_PORTS]
    if inner:
        return error(
            f"answers from here: {', '.join(inner)}", ByHand(text="graphkeep firewall print")
        )
    if 22 in found:
        return warning(
            "SSH answers from here",
            ByHand(text="let the VPN or the bastion in only: graphkeep firewall print"),
        )
    return ok("no port answers but those of the web")


@book.check(
    "outside.old-tls",
    "SH-28",
    why="TLS before 1.2 is broken.",
    needs_url=True,
    is_fast=False,
)
def old_tls(here: Deployment) -> Answer:
    if not here.url.startswith("https"):
        return skipped("the address is plain http://")
    found = probe.old_tls(here.url, connect)
    if found:
        return error(
            f"{found} is spoken", ByHand(text="let Caddy do TLS, or forbid what is older than 1.2")
        )
    return ok("nothing before TLS 1.2")


@book.check(
    "outside.cleartext",
    "SH-32",
    "SH-46",
    why="A program that is redirected has sent its password in clear already.",
    needs_url=True,
    is_fast=False,
)
def cleartext(here: Deployment) -> Answer:
    if not here.url.startswith("https"):
        return skipped("the address is plain http://")
    try:
        reply = ask(here.url, "/api-token-auth/", plain=True, method="POST")
    except OSError:
        return ok("port 80 is closed")
    if reply.status == 403:
        return ok("a password over plain HTTP is refused")
    if reply.status in {301, 308}:
        return warning(
            f"the proxy redirects it ({reply.status})",
            ByHand(
                text="let the proxy pass plain HTTP on, with X-Forwarded-Proto; the server refuses it"
            ),
        )
    return error(
        f"a password over plain HTTP is answered by {reply.status}",
        ByHand(text="say REQUIRE_TLS=true in data/config/custom.env; graphkeep restart"),
    )


@book.check(
    "outside.loop",
    "SH-31",
    "SH-46",
    why="A balancer that does not say https is redirected to https for ever.",
    needs_url=True,
    is_fast=False,
)
def loop(here: Deployment) -> Answer:
    path = "/accounts/login/"
    if probe.leads_to_itself(here.url, asked(here.url, path), path):
        return error(
            "the sign-in page leads to itself",
            ByHand(
                text="let the balancer send X-Forwarded-Proto, and name it: graphkeep tls offload --proxies"
            ),
        )
    return ok("no page leads to itself")


@book.check(
    "outside.headers-once",
    "SH-34",
    "AD-20",
    why="Browsers take one of two headers that disagree, or neither.",
    needs_url=True,
    is_fast=False,
)
def headers_once(here: Deployment) -> Answer:
    twice = probe.repeated(asked(here.url, "/accounts/login/"))
    if twice:
        return warning(
            f"sent by the server and by a proxy: {', '.join(twice)}",
            ByHand(
                text="put the lines into data/config/caddy/headers, where they replace the server's"
            ),
        )
    return ok("each header is sent once")


@book.check(
    "outside.strange-paths",
    "SH-41",
    "AD-33",
    why="Files and default pages that nobody meant to show tell attackers where to begin.",
    needs_url=True,
    is_fast=False,
)
def strange_paths(here: Deployment) -> Answer:
    found = []
    for path in probe.STRANGE_PATHS:
        reply = asked(here.url, path)
        if reply.status == 200 or probe.DEFAULT_PAGES.search(reply.body):
            found.append(path)
    if found:
        return error(
            f"answers to a stranger: {', '.join(found)}",
            ByHand(text="look what stands before the server"),
        )
    return ok("nothing answers that should not")
