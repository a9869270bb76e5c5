"""Who speaks with whom in a packet: from its link layer to its ports.

Source: https://www.tcpdump.org/linktypes.html and the RFCs of each protocol.
"""

import socket
import struct
from typing import NamedTuple

ETHERNET, RAW_TYPES, NULL, LOOP, LINUX, LINUX_2 = 1, {12, 14, 101, 228, 229}, 0, 108, 113, 276
PPP, WIFI, RADIOTAP = 9, 105, 127
TAGS = {0x8100, 0x88A8, 0x9100, 0x9200}
IPV4, IPV6, ARP, PPPOE, MPLS = 0x0800, 0x86DD, 0x0806, 0x8864, 0x8847
ETHERTYPES = {ARP: "ARP", 0x88CC: "LLDP", 0x8863: "PPPoE", 0x888E: "EAPOL", 0x8035: "RARP", 0x88E1: "HomePlug"}  # fmt: skip
PROTOCOLS = {
    1: "ICMP", 2: "IGMP", 4: "IPIP", 6: "TCP", 17: "UDP", 41: "IPv6", 47: "GRE", 50: "ESP", 51: "AH", 58: "ICMPv6",
    88: "EIGRP", 89: "OSPF", 103: "PIM", 112: "VRRP", 132: "SCTP", 136: "UDP-Lite",
}  # fmt: skip
WITH_PORTS = {6, 17, 132, 136}
EXTENSIONS = {0, 43, 60, 135, 139, 140}
FRAGMENT, AUTHENTICATION = 44, 51
MAX_LAYERS = 8
SYN, ACK = 0x02, 0x10


class Ends(NamedTuple):
    """`is_reply`: the packet answers one that was not seen, as the second of a TCP handshake does."""

    source: str
    destination: str
    protocol: str
    source_port: int | None = None
    destination_port: int | None = None
    is_reply: bool = False


def ends_of(link_type: int, data: bytes) -> Ends | None:
    """The two ends of a packet; None where it is too short or of a link layer that is not read."""
    try:
        return linked(link_type, data)
    except (struct.error, IndexError, OSError, ValueError):
        return None


def linked(link_type: int, data: bytes) -> Ends | None:
    if link_type == ETHERNET:
        return ethernet(data)
    if link_type in RAW_TYPES:
        return internet(data)
    if link_type in {NULL, LOOP}:
        return internet(data[4:])
    if link_type == LINUX:
        return typed(struct.unpack_from(">H", data, 14)[0], data[16:], mac(data[6:12]), "")
    if link_type == LINUX_2:
        return typed(struct.unpack_from(">H", data)[0], data[20:], mac(data[12:18]), "")
    if link_type == PPP:
        return internet(data[4:] if data[0] == 0xFF else data[2:])
    if link_type == RADIOTAP:
        return wireless(data[struct.unpack_from("<H", data, 2)[0] :])
    return wireless(data) if link_type == WIFI else None


def ethernet(data: bytes) -> Ends | None:
    ethertype = struct.unpack_from(">H", data, 12)[0]
    position = 14
    for _ in range(MAX_LAYERS):
        if ethertype not in TAGS:
            break
        ethertype = struct.unpack_from(">H", data, position + 2)[0]
        position += 4
    return typed(ethertype, data[position:], mac(data[6:12]), mac(data[:6]))


def typed(ethertype: int, data: bytes, source: str, destination: str) -> Ends | None:
    if ethertype in {IPV4, IPV6}:
        return internet(data)
    if ethertype == PPPOE:
        return internet(data[8:])
    if ethertype == MPLS:
        position = 0
        while not data[position + 2] & 1:
            position += 4
        return internet(data[position + 4 :])
    if ethertype == ARP and data[4:6] == b"\x06\x04" and len(data) >= 28:
        return Ends(socket.inet_ntoa(data[14:18]), socket.inet_ntoa(data[24:28]), "ARP")
    if not source or not destination:
        return None
    name = "LLC" if ethertype < 0x0600 else ETHERTYPES.get(ethertype, f"0x{ethertype:04x}")
    return Ends(source, destination, name)


def wireless(data: bytes) -> Ends | None:
    """Data frames of 802.11 that are not encrypted, with LLC and SNAP."""
    control = struct.unpack_from("<H", data)[0]
    if (control >> 2) & 3 != 2 or control & 0x4000:
        return None
    size = 24 + (6 if control & 0x0300 == 0x0300 else 0) + (2 if control & 0x80 else 0)
    body = data[size:]
    return typed(struct.unpack_from(">H", body, 6)[0], body[8:], "", "") if body[:2] == b"\xaa\xaa" else None  # fmt: skip


def internet(data: bytes) -> Ends | None:
    version = data[0] >> 4
    if version == 4:
        size = (data[0] & 15) * 4
        if size < 20 or len(data) < 20:
            return None
        is_first = struct.unpack_from(">H", data, 6)[0] & 0x1FFF == 0
        source, destination = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
        return transported(source, destination, data[9], data[size:], is_first=is_first)
    if version != 6 or len(data) < 40:
        return None
    source = socket.inet_ntop(socket.AF_INET6, data[8:24])
    destination = socket.inet_ntop(socket.AF_INET6, data[24:40])
    number, position, is_first = data[6], 40, True
    for _ in range(MAX_LAYERS):
        if number in EXTENSIONS:
            number, position = data[position], position + 8 + data[position + 1] * 8
        elif number == FRAGMENT:
            is_first = is_first and struct.unpack_from(">H", data, position + 2)[0] & 0xFFF8 == 0
            number, position = data[position], position + 8
        elif number == AUTHENTICATION:
            number, position = data[position], position + 8 + data[position + 1] * 4
        else:
            break
    return transported(source, destination, number, data[position:], is_first=is_first)


def transported(source: str, destination: str, number: int, data: bytes, *, is_first: bool) -> Ends:
    protocol = PROTOCOLS.get(number, f"IP {number}")
    if number not in WITH_PORTS or not is_first or len(data) < 4:
        return Ends(source, destination, protocol)
    source_port, destination_port = struct.unpack_from(">HH", data)
    flags = data[13] if number == 6 and len(data) > 13 else 0
    is_reply = flags & (SYN | ACK) == SYN | ACK
    return Ends(source, destination, protocol, source_port, destination_port, is_reply)


def mac(address: bytes) -> str:
    return address.hex(":") if len(address) == 6 else ""
