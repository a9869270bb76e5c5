"""External exposure checks without authentication: routes, ports, TLS versions, plain HTTP, redirect loops."""

from urllib.parse import urlsplit

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
from graphkeep.upkeep.doctor.checks.external import ask, asked, connect

group = CheckGroup("network", from_outside=True)


@group.check(
    "outside.portal",
    "AD-01",
    "SH-09",
    why="The Admin portal is for Admins only.",
)
def portal(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/admin-portal/")
    if reply.status == 200:
        return error(
            "the Admin portal is open without authentication",
            ManualFix(text="report it: this is a vulnerability"),
        )
    return ok(f"without authentication the answer is {reply.status}")


@group.check(
    "outside.graphs",
    "SH-01",
    why="Lists of graphs require authentication.",
)
def graphs(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/api/v2/datasets/")
    if reply.status not in {401, 403}:
        return error(
            f"the list of graphs gives {reply.status} without authentication",
            ManualFix(text="report it: this is a vulnerability"),
        )
    return ok(f"without authentication the answer is {reply.status}")


@group.check(
    "outside.first-api",
    "SH-68",
    why="The first API carried API keys in URLs.",
)
def first_api(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/etl")
    if reply.status != 410:
        return warning(
            f"/etl answers {reply.status}",
            ManualFix(text="check whether another server answers this path"),
        )
    return ok("the first API is gone")


@group.check(
    "outside.health",
    "AD-33",
    why="The public health page must not disclose versions.",
)
def health(deployment: Deployment) -> CheckResult:
    reply = asked(deployment.url, "/healthz")
    if reply.body.strip() != '{"success": true}':
        return warning(
            "the health page discloses more than the status",
            ManualFix(text="check the reverse proxy in front of the server"),
        )
    return ok("it discloses the status only")


@group.check(
    "outside.ports",
    "SH-41",
    "SH-50",
    why="An internal port that is reachable from outside bypasses access control.",
)
def ports(deployment: Deployment) -> CheckResult:
    parts = urlsplit(deployment.url)
    candidates = ({22} | set(probe.INNER_PORTS)) - {parts.port or 0}
    reachable = probe.open_ports(parts.hostname or "", candidates, connect)
    inner = [
        f"{port} ({probe.INNER_PORTS[port]})" for port in reachable if port in probe.INNER_PORTS
    ]
    if inner:
        return error(
            f"reachable from outside: {', '.join(inner)}",
            ManualFix(text="graphkeep firewall print"),
        )
    if 22 in reachable:
        return warning(
            "SSH is reachable from outside",
            ManualFix(text="allow SSH from the VPN or bastion only: graphkeep firewall print"),
        )
    return ok("only the web ports are reachable")


@group.check(
    "outside.old-tls",
    "SH-28",
    why="TLS versions before 1.2 are insecure.",
)
def old_tls(deployment: Deployment) -> CheckResult:
    if not deployment.url.startswith("https"):
        return skipped("the address is plain http://")
    version = probe.old_tls(deployment.url, connect)
    if version:
        return error(
            f"{version} is accepted",
            ManualFix(text="terminate TLS with Caddy, or disable versions below 1.2"),
        )
    return ok("no TLS version below 1.2")


@group.check(
    "outside.cleartext",
    "SH-32",
    "SH-46",
    why="A redirect comes too late: the client has sent its password in clear text.",
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
            f"the reverse proxy redirects it ({reply.status})",
            ManualFix(text="forward plain HTTP with X-Forwarded-Proto; the server refuses it"),
        )
    return error(
        f"a password over plain HTTP gets {reply.status}",
        ManualFix(text="set REQUIRE_TLS=true in data/config/custom.env; graphkeep restart"),
    )


@group.check(
    "outside.loop",
    "SH-31",
    "SH-46",
    why="A load balancer without X-Forwarded-Proto causes a redirect loop.",
)
def loop(deployment: Deployment) -> CheckResult:
    path = "/accounts/login/"
    if probe.leads_to_itself(deployment.url, asked(deployment.url, path), path):
        return error(
            "the sign-in page is in a redirect loop",
            ManualFix(
                text="send X-Forwarded-Proto from the load balancer, and trust it: graphkeep tls offload --proxies"
            ),
        )
    return ok("no redirect loop")


@group.check(
    "outside.headers-once",
    "SH-34",
    "AD-20",
    why="Of two headers that disagree, browsers apply one or neither.",
)
def headers_once(deployment: Deployment) -> CheckResult:
    duplicates = probe.repeated(asked(deployment.url, "/accounts/login/"))
    if duplicates:
        return warning(
            f"sent by the server and by a reverse proxy: {', '.join(duplicates)}",
            ManualFix(
                text="move the lines to data/config/caddy/headers, which replaces the server's headers"
            ),
        )
    return ok("each header is sent once")


@group.check(
    "outside.strange-paths",
    "SH-41",
    "AD-33",
    why="Files and default pages published by mistake give attackers a start.",
)
def strange_paths(deployment: Deployment) -> CheckResult:
    exposed = []
    for path in probe.STRANGE_PATHS:
        reply = asked(deployment.url, path)
        if reply.status == 200 or probe.DEFAULT_PAGES.search(reply.body):
            exposed.append(path)
    if exposed:
        return error(
            f"accessible without authentication: {', '.join(exposed)}",
            ManualFix(text="check the reverse proxy in front of the server"),
        )
    return ok("no such path is accessible")
