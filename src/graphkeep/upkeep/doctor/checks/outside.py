"""The server as a stranger's browser meets it: asked by its address, through whatever stands before it."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import Answer, Book, ByHand, error, ok, skipped, warning

book = Book("network")
TIMEOUT_S = 10.0
TLS = ByHand(text="graphkeep tls auto, or own")
HEADERS = ByHand(text="take header lines out of the proxy: the server sends its own")


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: str


def ask(url: str, path: str, *, host: str = "", plain: bool = False) -> Reply:
    """One request; redirects are not followed.

    Raises:
        OSError: nobody answers there, or not with a certificate that is good.
    """
    place = urlsplit(url)
    name = place.hostname or ""
    is_tls = place.scheme == "https" and not plain
    port = 80 if plain else place.port or (443 if is_tls else 80)
    gateway = Gateway(lambda: False)
    gateway.allow(Endpoint(component="doctor", host=name, port=port, may_be_inside=True))
    link = http.client.HTTPConnection(name, port, timeout=TIMEOUT_S)
    try:
        link.sock = gateway.connect("doctor", name, port, timeout_s=TIMEOUT_S)
        if is_tls:
            link.sock = ssl.create_default_context().wrap_socket(link.sock, server_hostname=name)
        link.request("GET", path, headers={"Host": host or place.netloc})
        answer = link.getresponse()
        headers = {key.lower(): value for key, value in answer.getheaders()}
        return Reply(
            status=answer.status,
            headers=headers,
            body=answer.read(1 << 16).decode(errors="replace"),
        )
    except (EgressForbiddenError, http.client.HTTPException) as failure:
        raise OSError(str(failure)) from failure
    finally:
        link.close()


@lru_cache(maxsize=8)
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
    context = ssl.create_default_context()
    gateway = Gateway(lambda: False)
    host, port = place.hostname or "", place.port or 443
    gateway.allow(Endpoint(component="doctor", host=host, port=port, may_be_inside=True))
    try:
        with context.wrap_socket(
            gateway.connect("doctor", host, port, timeout_s=TIMEOUT_S), server_hostname=host
        ) as link:
            found, version = link.getpeercert() or {}, link.version()
    except (OSError, EgressForbiddenError) as failure:
        return error(f"the certificate is not good: {failure}", TLS)
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
    left = (end - datetime.now(UTC)).total_seconds() / 86400
    if left < 14 and left < certificate_days(found) / 3:
        return warning(f"ends on {end:%Y-%m-%d} and was not renewed", TLS)
    return ok(f"{version}, until {end:%Y-%m-%d}")


def certificate_days(found: Mapping[str, object]) -> float:
    ends = ssl.cert_time_to_seconds(str(found["notAfter"]))
    return (ends - ssl.cert_time_to_seconds(str(found["notBefore"]))) / 86400


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
        found = asked(here.url, "/accounts/login/").headers.get(name, "")
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
    found = asked(here.url, "/embed").headers.get("x-frame-options", "")
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
    found = asked(here.url, "/healthz").headers
    told = [
        f"{name}: {found[name]}" for name in ("server", "x-powered-by", "via") if found.get(name)
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
    if reply.status in {301, 308} and reply.headers.get("location", "").startswith("https://"):
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
