"""Address lists: is an IP address in one of these networks."""

import ipaddress


def is_in_networks(address: str, networks: list[str]) -> bool:
    """Whether `address` is in one of the CIDR `networks`; an IPv4-mapped IPv6 address counts as IPv4.

    What is not an IP address is in no network.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    unmapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(unmapped in ipaddress.ip_network(network, strict=False) for network in networks)
