"""A capture gives its conversations, and counts what it cannot read."""

import struct

import pytest

from graphkeep.graph.errors import UnreadableFileError
from tests.sources.logs.reading import codes, first, read, rows, utc

ETHERNET = 1


def ip4(source, destination, protocol=6, payload=b"", fragment=0):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, fragment, 64, protocol, 0)
    return (
        head
        + bytes(map(int, source.split(".")))
        + bytes(map(int, destination.split(".")))
        + payload
    )


def ip6(source_end, destination_end, protocol, payload):
    address = bytes.fromhex("20010db8000000000000000000000000")
    head = struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64)
    return (
        head
        + address[:15]
        + bytes([source_end])
        + address[:15]
        + bytes([destination_end])
        + payload
    )


def tcp(source_port, destination_port, flags=0x10):
    return struct.pack(">HHIIBBHHH", source_port, destination_port, 0, 0, 0x50, flags, 0, 0, 0)


def udp(source_port, destination_port):
    return struct.pack(">HHHH", source_port, destination_port, 8, 0)


def frame(packet, ethertype=0x0800, tags=b""):
    return (
        b"\x02\x00\x00\x00\x00\x01"
        b"\x02\x00\x00\x00\x00\x02" + tags + struct.pack(">H", ethertype) + packet
    )


def pcap(frames, *, order="<", magic=0xA1B2C3D4, link_type=ETHERNET):
    content = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)
    for number, data in enumerate(frames):
        content += (
            struct.pack(order + "IIII", 1_700_000_000 + number, 250_000, len(data), len(data))
            + data
        )
    return content


def block(number, body, order="<"):
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", number) + size + body + size


def pcapng(frames, *, order="<", options=b"", scale=10**6):
    section = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    content = section + block(1, struct.pack(order + "HHI", ETHERNET, 0, 0) + options, order)
    for number, data in enumerate(frames):
        ticks = (1_700_000_000 + number) * scale + scale // 4
        head = struct.pack(
            order + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)
        )
        content += block(6, head + data, order)
    return content


TALK = [
    frame(ip4("10.0.0.1", "10.0.0.2", payload=tcp(40000, 443, 0x02))),
    frame(ip4("10.0.0.2", "10.0.0.1", payload=tcp(443, 40000, 0x12))),
    frame(ip4("10.0.0.1", "10.0.0.2", payload=tcp(40000, 443))),
    frame(ip4("10.0.0.3", "10.0.0.53", 17, udp(5353, 53))),
]  # fmt: skip
TALK_ROWS = [
    {"source": "10.0.0.1", "destination": "10.0.0.2", "protocol": "TCP", "source_port": 40000, "destination_port": 443,
     "packets": 3, "bytes": 162, "packets_back": 1, "bytes_back": 54, "first_seen": utc(2023, 11, 14, 22, 13, 20, 250000),
     "last_seen": utc(2023, 11, 14, 22, 13, 22, 250000)},
    {"source": "10.0.0.3", "destination": "10.0.0.53", "protocol": "UDP", "source_port": 5353, "destination_port": 53,
     "packets": 1, "bytes": 42, "packets_back": 0, "bytes_back": 0, "first_seen": utc(2023, 11, 14, 22, 13, 23, 250000),
     "last_seen": utc(2023, 11, 14, 22, 13, 23, 250000)},
]  # fmt: skip
NANOSECONDS = struct.pack("<HHB3x", 9, 1, 9)


def conversations(content):
    """The rows with times in microseconds, which Python's datetime can hold."""
    return [{name: value if not hasattr(value, "to_pydatetime") else value.to_pydatetime() for name, value in row.items()} for row in rows(content, "x")]  # fmt: skip


def ends(content):
    return [(row["source"], row["destination"], row["protocol"], row["source_port"], row["destination_port"]) for row in rows(content, "x")]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        pcap(TALK), pcap(TALK, order=">"), pcapng(TALK), pcapng(TALK, order=">"),
        pcapng(TALK, options=NANOSECONDS, scale=10**9),
    ],
    ids=["pcap", "pcap big-endian", "pcapng", "pcapng big-endian", "pcapng in nanoseconds"],
)  # fmt: skip
def test_a_capture_gives_its_conversations(content):
    assert read(content, "capture").format_name == "pcap"
    assert conversations(content) == TALK_ROWS
    assert codes(content) == []
    assert first(content) == (
        "source", "destination",
        {"edge_weight": "bytes", "edge_title": "protocol", "edge_label": "protocol"}, "first_seen",
    )  # fmt: skip


def test_nanoseconds_of_pcap_are_nanoseconds():
    content = bytearray(pcap(TALK[:1], magic=0xA1B23C4D))
    content[28:32] = struct.pack("<I", 250_000_000)

    assert conversations(bytes(content))[0]["first_seen"] == utc(2023, 11, 14, 22, 13, 20, 250000)


def test_the_answer_of_a_handshake_does_not_turn_a_conversation_round():
    (row,) = rows(pcap([TALK[1], TALK[2]]), "x")

    assert (row["source"], row["destination"], row["packets"], row["packets_back"]) == (
        "10.0.0.1",
        "10.0.0.2",
        2,
        1,
    )


@pytest.mark.parametrize(
    ("data", "link_type", "expected"),
    [
        (frame(ip4("1.1.1.1", "2.2.2.2", 1, b"\x08\x00\x00\x00")), 1, ("1.1.1.1", "2.2.2.2", "ICMP", None, None)),
        (frame(ip4("1.1.1.1", "2.2.2.2", 17, udp(1, 2)), tags=b"\x81\x00\x00\x05"), 1, ("1.1.1.1", "2.2.2.2", "UDP", 1, 2)),
        (frame(ip4("1.1.1.1", "2.2.2.2", 17, udp(1, 2)), tags=b"\x88\xa8\x00\x05\x81\x00\x00\x06"), 1, ("1.1.1.1", "2.2.2.2", "UDP", 1, 2)),
        (frame(ip6(1, 2, 17, udp(5, 6)), 0x86DD), 1, ("2001:db8::1", "2001:db8::2", "UDP", 5, 6)),
        (frame(ip6(1, 2, 0, b"\x11\x00" + bytes(6) + udp(5, 6)), 0x86DD), 1, ("2001:db8::1", "2001:db8::2", "UDP", 5, 6)),
        (frame(ip6(1, 2, 58, b"\x87\x00\x00\x00"), 0x86DD), 1, ("2001:db8::1", "2001:db8::2", "ICMPv6", None, None)),
        (frame(ip4("1.1.1.1", "2.2.2.2", 17, b"\x00\x01\x00\x02", fragment=100)), 1, ("1.1.1.1", "2.2.2.2", "UDP", None, None)),
        (frame(b"\x00\x01\x08\x00\x06\x04\x00\x01" + bytes(6) + bytes([1, 1, 1, 1]) + bytes(6) + bytes([2, 2, 2, 2]), 0x0806), 1, ("1.1.1.1", "2.2.2.2", "ARP", None, None)),
        (frame(b"x" * 40, 0x88CC), 1, ("02:00:00:00:00:02", "02:00:00:00:00:01", "LLDP", None, None)),
        (ip4("1.1.1.1", "2.2.2.2", 6, tcp(1, 2)), 101, ("1.1.1.1", "2.2.2.2", "TCP", 1, 2)),
        (b"\x02\x00\x00\x00" + ip4("1.1.1.1", "2.2.2.2", 6, tcp(1, 2)), 0, ("1.1.1.1", "2.2.2.2", "TCP", 1, 2)),
        (bytes(14) + b"\x08\x00" + ip4("1.1.1.1", "2.2.2.2", 132, tcp(1, 2)), 113, ("1.1.1.1", "2.2.2.2", "SCTP", 1, 2)),
        (b"\x08\x00" + bytes(18) + ip4("1.1.1.1", "2.2.2.2", 99), 276, ("1.1.1.1", "2.2.2.2", "IP 99", None, None)),
    ],
    ids=["icmp", "vlan", "two vlans", "ipv6", "ipv6 with options", "icmpv6", "fragment", "arp", "lldp", "raw", "loopback", "linux", "linux 2"],
)  # fmt: skip
def test_each_layer_is_read_to_its_ends(data, link_type, expected):
    assert ends(pcap([data], link_type=link_type)) == [expected]


def test_malformed_packets_are_counted_and_the_rest_is_read():
    content = pcap([TALK[0], b"\x00" * 5, frame(b"\x45"), frame(b""), TALK[3]])

    assert [row[0] for row in ends(content)] == ["10.0.0.1", "10.0.0.3"]
    assert codes(content) == [("packets-not-read", 3, (2, 3, 4))]


@pytest.mark.parametrize("cut", [1, 10, 45])
def test_a_capture_that_is_cut_short_gives_what_is_whole(cut):
    content = pcap(TALK)[:-cut]

    assert ends(content)[0] == ("10.0.0.1", "10.0.0.2", "TCP", 40000, 443)
    assert "file-cut-short" in [code for code, _, _ in codes(content)]


@pytest.mark.parametrize("cut", [1, 4, 30])
def test_a_pcapng_that_is_cut_short_gives_what_is_whole(cut):
    content = pcapng(TALK)[:-cut]

    assert ends(content) == [("10.0.0.1", "10.0.0.2", "TCP", 40000, 443)]
    assert [code for code, _, _ in codes(content)] == ["file-cut-short"]


def test_a_packet_that_claims_gigabytes_ends_the_reading():
    content = pcap(TALK[:1]) + struct.pack("<IIII", 1, 1, 0xFFFFFFFF, 0xFFFFFFFF)

    assert len(rows(content, "x")) == 1
    assert codes(content) == [("file-cut-short", 1, ())]


def test_a_block_of_no_size_ends_the_reading():
    content = pcapng(TALK[:1]) + struct.pack("<II", 6, 0) + bytes(40)

    assert len(rows(content, "x")) == 1
    assert codes(content) == [("file-cut-short", 1, ())]


def test_a_packet_of_an_unknown_interface_is_passed_over():
    content = pcapng(TALK[:1]) + block(6, struct.pack("<IIIII", 9, 0, 0, 4, 4) + b"abcd")

    assert len(rows(content, "x")) == 1


def test_labels_of_mpls_without_an_end_are_malformed():
    content = pcap([TALK[0], frame(b"\x00\x00\x00\x00" * 100, 0x8847)])

    assert codes(content) == [("packets-not-read", 1, (2,))]


@pytest.mark.parametrize("content", [pcap([]), pcapng([])])
def test_an_empty_capture_is_refused_in_words(content):
    with pytest.raises(UnreadableFileError, match="holds no packets"):
        read(content, "x.pcap")


def test_a_capture_of_another_link_layer_is_refused_in_words():
    with pytest.raises(
        UnreadableFileError,
        match="None of the 1 packets of this capture has addresses that are read",
    ):
        read(pcap([b"x" * 60], link_type=189), "x.pcap")
