"""Egress policy: which addresses the server may connect to.

Python's own `is_global` calls several addresses of this machine global (NAT64, 6to4, site-local,
192.0.0.0/24 before later patch releases), so the table is ours, and embedded IPv4 is unwrapped first.
"""

import ipaddress
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Never, for any component: unspecified, link-local with the clouds' metadata services, multicast, broadcast.
NEVER = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
        "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128", "100.100.100.200/32",
    )
]  # fmt: skip
METADATA = {"169.254.169.254", "fd00:ec2::254"}
# Only for a host that an administrator configured: this machine and private networks.
INSIDE = [
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
        "5f00::/16", "fc00::/7", "fec0::/10",
    )
]  # fmt: skip
NAT64 = [ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48")]
SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
COMPATIBLE = ipaddress.IPv6Network("::/96")


class EgressForbiddenError(Exception):
    """The server does not connect there; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One host and port that a part of the server may reach, as an administrator named it."""

    component: str
    host: str
    port: int
    may_be_inside: bool = False
    may_be_metadata: bool = False
    must_be_inside: bool = False


def unwrap(address: Address) -> Address:
    """The IPv4 address that an IPv6 address embeds, in each of the known ways."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    number = int(address)
    if any(address in network for network in NAT64):
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    if address in SIX_TO_FOUR:
        return ipaddress.IPv4Address((number >> 80) & 0xFFFFFFFF)
    if address in COMPATIBLE and number > 1:
        return ipaddress.IPv4Address(number)
    return address


def check_address(
    text: str, *, may_be_inside: bool, may_be_metadata: bool = False, must_be_inside: bool = False
) -> None:
    """Whether this very address may be connected to.

    Raises:
        EgressForbiddenError: no component may reach it, or it is inside this network and must not be.
    """
    full_address = ipaddress.ip_address(text.partition("%")[0])
    if may_be_metadata and str(full_address) in METADATA:
        return
    for address in {full_address, unwrap(full_address)}:
        if any(address.version == net.version and address in net for net in NEVER):
            raise EgressForbiddenError(f"{text} is an address that the server never connects to.")
        inside = any(address.version == net.version and address in net for net in INSIDE)
        if inside and not may_be_inside:
            raise EgressForbiddenError(f"{text} is an address inside this network.")
        if must_be_inside and not inside:
            raise EgressForbiddenError(f"Air gap is on, and {text} is outside this network.")
