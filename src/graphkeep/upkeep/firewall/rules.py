"""Who may reach which port, and where the server may connect to.

Three kinds of place: `vpn` (only the networks of the VPN come in), `vpc` (only load balancer and bastion),
`public` (everybody reaches the web, SSH comes from named networks).
"""

import ipaddress
from dataclasses import dataclass
from typing import Literal

from graphkeep.graph.errors import UserInputError

Mode = Literal["vpn", "vpc", "public"]
MODES: tuple[Mode, ...] = ("vpn", "vpc", "public")
ANYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, kw_only=True)
class AllowRule:
    """Connections that may be made: inbound from `networks` to `ports`, outbound the other way round."""

    networks: tuple[str, ...]
    ports: tuple[str, ...]
    protocol: Literal["tcp", "udp"] = "tcp"
    note: str


@dataclass(frozen=True, kw_only=True)
class Firewall:
    inbound: tuple[AllowRule, ...]
    outbound: tuple[AllowRule, ...] | None
    """None: everything may leave. Established connections and this machine itself are always let through."""


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
    """What the server connects to: a name for people, an address, a port. None leaves outbound open."""


def firewall(wanted: FirewallRequest) -> Firewall:
    """The openings of a kind of place.

    Raises:
        UserInputError: a network is none, or the kind of place needs one that was not named.
    """
    visitors, administrators = sources(wanted)
    web = (("80",) if wanted.http == "always" else ()) + (() if wanted.is_offloaded else ("443",))
    inbound = [AllowRule(networks=visitors, ports=web, note="the web")] if web else []
    if web and not wanted.is_offloaded:
        inbound.append(AllowRule(networks=visitors, ports=("443",), protocol="udp", note="HTTP/3"))
    if wanted.ssh == "always":
        inbound.append(AllowRule(networks=administrators, ports=("22",), note="administration"))
    if wanted.extra_ports:
        ports = port_range(wanted.extra_ports)
        inbound.append(
            AllowRule(networks=administrators, ports=(ports,), note="other applications")
        )
    outbound = None
    if wanted.endpoints is not None:
        outbound = tuple(
            AllowRule(networks=(network(address),), ports=(str(port),), note=name)
            for name, address, port in wanted.endpoints
        )
    return Firewall(inbound=tuple(inbound), outbound=outbound)


def sources(wanted: FirewallRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    vpn, balancer, bastion = (
        tuple(network(one) for one in named)
        for named in (wanted.vpn, wanted.load_balancer, wanted.bastion)
    )
    match wanted.mode:
        case "vpn":
            require_value(vpn, "vpn", "--vpn-cidr")
            return vpn, vpn
        case "vpc":
            require_value(balancer, "vpc", "--lb-cidr")
            require_value(bastion, "vpc", "--bastion-cidr")
            return balancer, bastion
        case _:
            if wanted.ssh == "always" or wanted.extra_ports:
                require_value(bastion or vpn, "public", "--bastion-cidr (or --ssh manual)")
            return ANYWHERE, bastion or vpn


def require_value(networks: tuple[str, ...], mode: str, option: str) -> None:
    if not networks:
        raise UserInputError(f"The mode {mode} needs {option}, so that nobody else comes in.")


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
