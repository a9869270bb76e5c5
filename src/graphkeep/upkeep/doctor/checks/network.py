"""Network checks: TLS, listening sockets, trusted proxies, address lists, embedding, host names."""

import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    SetLine,
    error,
    ok,
    skipped,
    warning,
)

group = CheckGroup("network")
LISTENING = "0A"
INNER_PORTS = {5432: "PostgreSQL", 6379: "Redis", 9090: "metrics", 2019: "Caddy's own interface"}


@dataclass(frozen=True, kw_only=True)
class Listener:
    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int
    inode: str


def listeners() -> list[Listener]:
    """Every listening TCP socket of this machine, from /proc/net."""
    sockets = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        path = Path(table)
        for line in path.read_text().splitlines()[1:] if path.exists() else []:
            fields = line.split()
            if fields[3] == LISTENING:
                host, port = fields[1].split(":")
                sockets.append(
                    Listener(address=kernel_address(host), port=int(port, 16), inode=fields[9])
                )
    return sockets


def kernel_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Parse an address of /proc/net/tcp: hexadecimal 32-bit words in native (little-endian) byte order."""
    words = [bytes.fromhex(text[offset : offset + 8])[::-1] for offset in range(0, len(text), 8)]
    raw = b"".join(words)
    return ipaddress.IPv4Address(raw) if len(raw) == 4 else ipaddress.IPv6Address(raw)


def inodes_of(pids: tuple[int, ...]) -> set[str]:
    """Inodes of the open sockets of these processes; sockets that close meanwhile are skipped."""
    links = set()
    for pid in pids:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    links.add(str(descriptor.readlink()))
    return {link[8:-1] for link in links if link.startswith("socket:[")}


@group.check(
    "network.tls",
    "SH-12",
    "SH-32",
    why="Plain HTTP exposes passwords and tokens to the network.",
)
def tls(deployment: Deployment) -> CheckResult:
    if settings.COOKIE_SECURE:
        return ok("cookies are sent over TLS only")
    if deployment.is_on_a_network:
        return error(
            "the server is reachable on a network over plain HTTP",
            ManualFix(text="graphkeep tls auto, or own, or offload"),
        )
    return ok("plain HTTP on this machine only")


@group.check(
    "network.own-address",
    "SH-41",
    "SH-50",
    why="Behind a reverse proxy, only the proxy should be reachable.",
)
def own_address(deployment: Deployment) -> CheckResult:
    if deployment.running is None:
        return skipped("no server is running")
    if (
        deployment.profile in {"team-vpn", "internet-facing", "air-gapped"}
        and deployment.is_on_a_network
        and not settings.TRUSTED_PROXIES
    ):
        return error(
            f"the application server is reachable at {deployment.running.host}:{deployment.running.port}",
            ManualFix(text="graphkeep up --host 127.0.0.1, behind Caddy"),
        )
    return ok(f"listens on {deployment.running.host}:{deployment.running.port}")


@group.check("network.own-listeners", "SH-50", why="An unknown open port is not monitored.")
def own_listeners(deployment: Deployment) -> CheckResult:
    if deployment.running is None:
        return skipped("no server is running")
    inodes = inodes_of(deployment.running.pids)
    unexpected = [
        f"{listener.address}:{listener.port}"
        for listener in listeners()
        if listener.inode in inodes
        and listener.port != deployment.running.port
        and not listener.address.is_loopback
    ]
    if unexpected:
        return error(
            f"server processes also listen on {', '.join(unexpected)}",
            ManualFix(text="graphkeep restart; report it if it happens again"),
        )
    return ok("server processes listen on the configured address only")


@group.check(
    "network.inner-ports",
    "SH-41",
    "SH-50",
    why="The database and other internal services are for the server only.",
)
def inner_ports(deployment: Deployment) -> CheckResult:
    reachable = {
        f"{INNER_PORTS[listener.port]} at {listener.address}:{listener.port}"
        for listener in listeners()
        if listener.port in INNER_PORTS and not listener.address.is_loopback
    }
    if reachable:
        return warning(
            f"reachable from other machines: {', '.join(sorted(reachable))}",
            ManualFix(text="bind them to 127.0.0.1; graphkeep firewall print"),
        )
    return ok("no internal port is reachable from other machines")


@group.check("network.proxies-narrow", "SH-31", why="A trusted proxy can claim any client address.")
def proxies_narrow(deployment: Deployment) -> CheckResult:
    wide = [
        network
        for network in settings.TRUSTED_PROXIES
        if ipaddress.ip_network(network).prefixlen == 0
    ]
    if wide:
        return error(
            f"X-Forwarded-For is trusted from every address: {', '.join(wide)}",
            SetLine(name="TRUSTED_PROXIES", value="127.0.0.1/32"),
        )
    return ok(
        "only the listed proxies are trusted" if settings.TRUSTED_PROXIES else "no proxy is trusted"
    )


@group.check(
    "network.lists-narrow", "SH-40", why="An allowlist that contains every address has no effect."
)
def lists_narrow(deployment: Deployment) -> CheckResult:
    for name in ("IP_ALLOWLIST", "ADMIN_IP_ALLOWLIST"):
        wide = [
            network
            for network in runtime_setting(name)
            if ipaddress.ip_network(network).prefixlen == 0
        ]
        if wide:
            return error(f"{name} contains {', '.join(wide)}", SetLine(name=name, value=None))
    return ok("no allowlist contains every address")


@group.check(
    "network.embed-origins",
    "SH-35",
    "SH-37",
    why="A page over plain HTTP can be replaced on the network.",
)
def embed_origins(deployment: Deployment) -> CheckResult:
    plain = [
        origin
        for origin in runtime_setting("EMBED_ORIGINS")
        if origin.startswith("http://") and "localhost" not in origin
    ]
    if plain:
        return error(
            f"may embed graphs over plain HTTP: {', '.join(plain)}",
            ManualFix(text="use https:// origins in EMBED_ORIGINS"),
        )
    return ok(f"{len(runtime_setting('EMBED_ORIGINS'))} sites may embed graphs that are not public")


@group.check(
    "network.samesite",
    "SH-37",
    why="SameSite=None sends session cookies to other sites; it is needed only with EMBED_ORIGINS.",
)
def samesite(deployment: Deployment) -> CheckResult:
    if settings.COOKIE_SAMESITE == "None" and not runtime_setting("EMBED_ORIGINS"):
        return warning(
            "COOKIE_SAMESITE=None, but EMBED_ORIGINS is empty",
            SetLine(name="COOKIE_SAMESITE", value="Lax"),
        )
    return ok(f"COOKIE_SAMESITE={settings.COOKIE_SAMESITE}")


@group.check("network.host", "SH-43", why="A forged Host header redirects links in mails.")
def host(deployment: Deployment) -> CheckResult:
    if not runtime_setting("SITE_DOMAIN") and deployment.is_on_a_network:
        return warning(
            "SITE_DOMAIN is not set, so only addresses and local host names are answered",
            ManualFix(text="Admin portal, Site Settings"),
        )
    return ok(f"accepted host: {runtime_setting('SITE_DOMAIN') or 'local names'}")
