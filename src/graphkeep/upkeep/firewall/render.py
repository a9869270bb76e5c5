"""Firewall rules rendered as nftables rules, ufw commands and security group JSON."""

import ipaddress
import json

from graphkeep.upkeep.firewall.rules import AllowRule, Firewall


def as_nftables(wall: Firewall) -> str:
    """Render a separate nftables table, which can be loaded, replaced and deleted without affecting others."""
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
        *(f"\t\t{line}" for rule in wall.inbound for line in rules(rule, "saddr")),
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
            *(f"\t\t{line}" for rule in wall.outbound for line in rules(rule, "daddr")),
            "\t\tcounter drop",
            "\t}",
        ]
    return "\n".join([*lines, "}", ""])


def rules(opening: AllowRule, direction: str) -> list[str]:
    lines = []
    for family, version in (("ip", 4), ("ip6", 6)):
        networks = [
            network
            for network in opening.networks
            if ipaddress.ip_network(network).version == version
        ]
        if networks:
            ports = ", ".join(opening.ports)
            lines.append(
                f"{family} {direction} {{ {', '.join(networks)} }} {opening.protocol} dport {{ {ports} }} "
                f'accept comment "{opening.note}"'
            )
    return lines


def as_ufw(wall: Firewall) -> str:
    lines = ["ufw --force reset", "ufw default deny incoming"]
    lines.append(f"ufw default {'allow' if wall.outbound is None else 'deny'} outgoing")
    lines += [
        f"ufw allow proto {rule.protocol} from {network} to any port {port.replace('-', ':')} "
        f"comment '{rule.note}'"
        for rule in wall.inbound
        for network in rule.networks
        for port in rule.ports
    ]
    lines += [
        f"ufw allow out proto {rule.protocol} to {network} port {rule.ports[0]} comment '{rule.note}'"
        for rule in wall.outbound or ()
        for network in rule.networks
    ]
    return "\n".join([*lines, "ufw --force enable", ""])


def as_cloud(wall: Firewall) -> str:
    """Render security group JSON, as `aws ec2 authorize-security-group-ingress --ip-permissions` expects it."""
    group = {
        "ingress": [permission(rule, port) for rule in wall.inbound for port in rule.ports],
        "egress": [permission(rule, port) for rule in wall.outbound or () for port in rule.ports]
        if wall.outbound is not None
        else "all",
    }
    return json.dumps(group, indent=2) + "\n"


def permission(rule: AllowRule, port: str) -> dict[str, object]:
    first, _, last = port.partition("-")
    entry: dict[str, object] = {
        "IpProtocol": rule.protocol,
        "FromPort": int(first),
        "ToPort": int(last or first),
    }
    for version, key, field in ((4, "IpRanges", "CidrIp"), (6, "Ipv6Ranges", "CidrIpv6")):
        networks = [text for text in rule.networks if ipaddress.ip_network(text).version == version]
        if networks:
            entry[key] = [{field: text, "Description": rule.note} for text in networks]
    return entry
