"""The same openings as nftables rules, ufw commands, and the JSON of a cloud's security group."""

import ipaddress
import json

from graphkeep.upkeep.firewall.rules import AllowRule, Firewall


def as_nftables(wall: Firewall) -> str:
    """A table of its own, so that it is loaded, replaced and taken away without touching others."""
    lines = [
        "table inet graphkeep",
        "delete table inet graphkeep",
        "table inet graphkeep {",
        "\tchain inbound {",
        "\t\ttype filter hook input priority filter; policy drop;",
        "\t\tct state established,related accept",
        "\t\tct state invalid drop",
        '\t\tiifname "lo" accept',
        "\t\tmeta l4proto { icmp, ipv6-icmp } limit rate 20/second accept",
        *(f"\t\t{line}" for one in wall.inbound for line in rules(one, "saddr")),
        "\t\tcounter drop",
        "\t}",
    ]
    if wall.outbound is not None:
        lines += [
            "\tchain outbound {",
            "\t\ttype filter hook output priority filter; policy drop;",
            "\t\tct state established,related accept",
            '\t\toifname "lo" accept',
            "\t\tmeta l4proto ipv6-icmp accept",
            *(f"\t\t{line}" for one in wall.outbound for line in rules(one, "daddr")),
            "\t\tcounter drop",
            "\t}",
        ]
    return "\n".join([*lines, "}", ""])


def rules(opening: AllowRule, direction: str) -> list[str]:
    found = []
    for family, version in (("ip", 4), ("ip6", 6)):
        networks = [one for one in opening.networks if ipaddress.ip_network(one).version == version]
        if networks:
            ports = ", ".join(opening.ports)
            found.append(
                f"{family} {direction} {{ {', '.join(networks)} }} {opening.protocol} dport {{ {ports} }} "
                f'accept comment "{opening.note}"'
            )
    return found


def as_ufw(wall: Firewall) -> str:
    lines = ["ufw --force reset", "ufw default deny incoming"]
    lines.append(f"ufw default {'allow' if wall.outbound is None else 'deny'} outgoing")
    lines += [
        f"ufw allow proto {one.protocol} from {network} to any port {port.replace('-', ':')} "
        f"comment '{one.note}'"
        for one in wall.inbound
        for network in one.networks
        for port in one.ports
    ]
    lines += [
        f"ufw allow out proto {one.protocol} to {network} port {one.ports[0]} comment '{one.note}'"
        for one in wall.outbound or ()
        for network in one.networks
    ]
    return "\n".join([*lines, "ufw --force enable", ""])


def as_cloud(wall: Firewall) -> str:
    """The shape that `aws ec2 authorize-security-group-ingress --ip-permissions` reads."""
    said = {
        "ingress": [permission(one, port) for one in wall.inbound for port in one.ports],
        "egress": [permission(one, port) for one in wall.outbound or () for port in one.ports]
        if wall.outbound is not None
        else "all",
    }
    return json.dumps(said, indent=2) + "\n"


def permission(one: AllowRule, port: str) -> dict[str, object]:
    first, _, last = port.partition("-")
    found: dict[str, object] = {
        "IpProtocol": one.protocol,
        "FromPort": int(first),
        "ToPort": int(last or first),
    }
    for version, key, field in ((4, "IpRanges", "CidrIp"), (6, "Ipv6Ranges", "CidrIpv6")):
        networks = [text for text in one.networks if ipaddress.ip_network(text).version == version]
        if networks:
            found[key] = [{field: text, "Description": one.note} for text in networks]
    return found
