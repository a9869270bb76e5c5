"""Egress policy: which addresses the server may connect to.

Python's own `is_global` calls several addresses of this machine global (NAT64, 6to4, site-local,
192.0.0.0/24 before later patch releases), so the table is ours, and embedded IPv4 is unwrapped first.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Never, for any component: unspecified, link-local with the clouds' metadata services, multicast, broadcast.
NEVER: list[Network] = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
        "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128", "100.100.100.200/32",
    )
]  # fmt: skip
METADATA = {"169.254.169.254", "fd00:ec2::254"}
# Only for a host that an administrator configured: this machine and private networks.
INSIDE: list[Network] = [
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
        "5f00::/16", "fc00::/7", "fec0::/10",
    )
]  # fmt: skip
NAT64 = [ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48")]
TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")  # IPv4-translated, RFC 2765
SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
COMPATIBLE = ipaddress.IPv6Network("::/96")


class EgressForbiddenError(Exception):
    """The server does not connect there; the message says why, and `advice` how it could be allowed."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class InsideAddressError(EgressForbiddenError):
    """The address is inside this network, and nobody allowed that."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One host and port that a part of the server may reach.

    `may_be_inside`: an administrator named this host, so its addresses may be inside this network; otherwise only
    those in `inside_networks` may. `inside_advice`: what to do about one that may not.
    """

    component: str
    host: str
    port: int
    may_be_inside: bool = False
    may_be_metadata: bool = False
    must_be_inside: bool = False
    inside_networks: tuple[Network, ...] = ()
    inside_advice: str = ""


def unwrap(address: Address) -> Address:
    """The IPv4 address that an IPv6 address embeds, in each of the known ways."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    number = int(address)
    if any(address in network for network in (*NAT64, TRANSLATED)):
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    if address in SIX_TO_FOUR:
        return ipaddress.IPv4Address((number >> 80) & 0xFFFFFFFF)
    if address in COMPATIBLE and number > 1:
        return ipaddress.IPv4Address(number)
    return address


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def check_endpoint_address(text: str, endpoint: Endpoint) -> None:
    """Whether an endpoint's name may mean this address. Raises EgressForbiddenError, as `check_address`."""
    try:
        check_address(
            text,
            may_be_inside=endpoint.may_be_inside,
            may_be_metadata=endpoint.may_be_metadata,
            must_be_inside=endpoint.must_be_inside,
            inside_networks=endpoint.inside_networks,
        )
    except InsideAddressError as error:
        raise InsideAddressError(str(error), advice=endpoint.inside_advice) from None


def check_address(
    text: str,
    *,
    may_be_inside: bool,
    may_be_metadata: bool = False,
    must_be_inside: bool = False,
    inside_networks: tuple[Network, ...] = (),
) -> None:
    """Whether this very address may be connected to. Those in `inside_networks` may be inside.

    Raises:
        InsideAddressError: it is inside this network, and must not be.
        EgressForbiddenError: no component may reach it, or it is outside this network and must not be.
    """
    full_address = ipaddress.ip_address(text.partition("%")[0])
    if may_be_metadata and str(full_address) in METADATA:
        return
    for address in {full_address, unwrap(full_address)}:
        if is_in(address, NEVER):
            raise EgressForbiddenError(f"{text} is an address that the server never connects to.")
        inside = is_in(address, INSIDE)
        if inside and not may_be_inside and not is_in(address, inside_networks):
            raise InsideAddressError(f"{text} is an address inside this network.")
        if must_be_inside and not inside:
            raise EgressForbiddenError(f"Air gap is on, and {text} is outside this network.")
