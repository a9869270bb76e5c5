"""Firewall rules: allowed inbound sources by port, and allowed outbound endpoints.

Three modes: `vpn` (inbound from the VPN networks only), `vpc` (inbound from load balancer and bastion only),
`public` (web open to everyone, SSH from the configured networks).
"""

import ipaddress
from dataclasses import dataclass
from typing import Literal

from graphkeep.graph.errors import UserInputError

Protocol = Literal["tcp", "udp"]
PROTOCOLS: tuple[Protocol, ...] = ("udp", "tcp")
Mode = Literal["vpn", "vpc", "public"]
MODES: tuple[Mode, ...] = ("vpn", "vpc", "public")
ANYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, kw_only=True)
class AllowRule:
    """Allowed connections: inbound from `networks` to local `ports`, outbound to `ports` of `networks`."""

    networks: tuple[str, ...]
    ports: tuple[str, ...]
    protocol: Protocol = "tcp"
    note: str


@dataclass(frozen=True, kw_only=True)
class Firewall:
    inbound: tuple[AllowRule, ...]
    outbound: tuple[AllowRule, ...] | None
    """None allows all outbound traffic. Established connections and loopback are always allowed."""


@dataclass(frozen=True, kw_only=True)
class FirewallRequest:
    mode: Mode
    vpn: tuple[str, ...] = ()
    load_balancer: tuple[str, ...] = ()
    bastion: tuple[str, ...] = ()
    ssh: Literal["always", "manual"] = "always"
    http: Literal["always", "manual"] = "always"
    extra_ports: str = ""
    is_offloaded: bool = False
    endpoints: tuple[tuple[str, str, int], ...] | None = None
    """Outbound endpoints of the server: (display name, address, port). None leaves outbound traffic open."""
    name_servers: tuple[str, ...] = ()
    """Addresses of name servers on other machines, without which no host name of an endpoint resolves."""


def firewall(request: FirewallRequest) -> Firewall:
    """Build the firewall rules for a mode.

    Raises:
        UserInputError: a network is invalid, or one that the mode requires is missing.
    """
    visitors, administrators = sources(request)
    web = (("80",) if request.http == "always" else ()) + (() if request.is_offloaded else ("443",))
    inbound = [AllowRule(networks=visitors, ports=web, note="the web")] if web else []
    if web and not request.is_offloaded:
        inbound.append(AllowRule(networks=visitors, ports=("443",), protocol="udp", note="HTTP/3"))
    if request.ssh == "always":
        inbound.append(AllowRule(networks=administrators, ports=("22",), note="administration"))
    if request.extra_ports:
        ports = port_range(request.extra_ports)
        inbound.append(
            AllowRule(networks=administrators, ports=(ports,), note="other applications")
        )
    outbound = None
    if request.endpoints is not None:
        outbound = tuple(
            AllowRule(networks=(network(address),), ports=(str(port),), note=name)
            for name, address, port in request.endpoints
        ) + tuple(
            AllowRule(
                networks=(network(address),), ports=("53",), protocol=protocol, note="name server"
            )
            for address in request.name_servers
            for protocol in PROTOCOLS
        )
    return Firewall(inbound=tuple(inbound), outbound=outbound)


def sources(request: FirewallRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    vpn, balancer, bastion = (
        tuple(network(text) for text in cidrs)
        for cidrs in (request.vpn, request.load_balancer, request.bastion)
    )
    match request.mode:
        case "vpn":
            require_value(vpn, "vpn", "--vpn-cidr")
            return vpn, vpn
        case "vpc":
            require_value(balancer, "vpc", "--lb-cidr")
            require_value(bastion, "vpc", "--bastion-cidr")
            return balancer, bastion
        case _:
            if request.ssh == "always" or request.extra_ports:
                require_value(bastion or vpn, "public", "--bastion-cidr (or --ssh manual)")
            return ANYWHERE, bastion or vpn


def require_value(networks: tuple[str, ...], mode: str, option: str) -> None:
    if not networks:
        raise UserInputError(f"The mode {mode} needs {option} to restrict access.")


def network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError as error:
        raise UserInputError(f"'{text}' is not a network such as 10.8.0.0/24.") from error


def port_range(text: str) -> str:
    first, dash, last = text.partition("-")
    if not (first.isdigit() and (not dash or last.isdigit())):
        raise UserInputError(f"'{text}' is not a range of ports such as 8500-8509.")
    low, high = int(first), int(last or first)
    if not 1 <= low <= high <= 65535 or high - low > 99:
        raise UserInputError(f"'{text}' must be 1 to 100 ports between 1 and 65535.")
    return f"{low}-{high}" if high > low else str(low)
