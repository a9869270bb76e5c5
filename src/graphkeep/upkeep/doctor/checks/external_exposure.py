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
    parts = urlsplit(deployment.url)
    candidates = ({22} | set(probe.INNER_PORTS)) - {parts.port or 0}
    reachable = probe.open_ports(parts.hostname or "", candidates, connect)
    inner = [
        f"{port} ({probe.INNER_PORTS[port]})" for port in reachable if port in probe.INNER_PORTS
    ]
    if inner:
        return error(
            f"answers from here: {', '.join(inner)}", ManualFix(text="graphkeep firewall print")
        )
    if 22 in reachable:
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
    version = probe.old_tls(deployment.url, connect)
    if version:
        return error(
            f"{version} is spoken",
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
    duplicates = probe.repeated(asked(deployment.url, "/accounts/login/"))
    if duplicates:
        return warning(
            f"sent by the server and by a proxy: {', '.join(duplicates)}",
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
    exposed = []
    for path in probe.STRANGE_PATHS:
        reply = asked(deployment.url, path)
        if reply.status == 200 or probe.DEFAULT_PAGES.search(reply.body):
            exposed.append(path)
    if exposed:
        return error(
            f"answers to a stranger: {', '.join(exposed)}",
            ManualFix(text="look what stands before the server"),
        )
    return ok("nothing answers that should not")
