"""The packets of a capture file: pcap in its four forms, and pcapng.

Sources: https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/draft-ietf-opsawg-pcap.html and …-pcapng.html
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError

PCAP_MAGIC = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000), b"\xa1\xb2\xc3\xd4": (">", 1_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1),
}  # fmt: skip
SECTION = b"\x0a\x0d\x0d\x0a"
BYTE_ORDER = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
INTERFACE_BLOCK, OLD_PACKET_BLOCK, SIMPLE_BLOCK, ENHANCED_BLOCK = 1, 2, 3, 6
MAX_PACKET_BYTES = 1 << 26
MAX_BLOCK_BYTES = 1 << 27
TIME_RESOLUTION, TIME_OFFSET, END = 9, 14, 0


@dataclass(frozen=True, slots=True)
class Packet:
    """`nanoseconds` since 1970, None where the file has no time; `size` is that on the wire, `data` may be cut."""

    nanoseconds: int | None
    link_type: int
    size: int
    data: bytes


@dataclass
class Capture:
    """Packets one after another; `problem` says, after the last one, why the file was left before its end."""

    stream: BinaryIO
    problem: str = ""
    interfaces: list["Interface"] = field(default_factory=list)

    def packets(self) -> Iterator[Packet]:
        """The packets up to the end, or to where the file is damaged.

        Raises:
            UnreadableFileError: it is no capture.
        """
        magic = self.stream.read(4)
        if magic == SECTION:
            yield from self.next_generation()
        elif magic in PCAP_MAGIC:
            yield from self.classic(*PCAP_MAGIC[magic])
        else:
            raise UnreadableFileError("This is no capture of packets: neither pcap nor pcapng.")

    def classic(self, order: str, unit: int) -> Iterator[Packet]:
        header = self.stream.read(20)
        if len(header) < 20:
            self.problem = "it ends within its header"
            return
        link_type = struct.unpack(order + "HHiIII", header)[5] & 0x0FFFFFFF
        record = struct.Struct(order + "IIII")
        while head := self.stream.read(16):
            if len(head) < 16:
                self.problem = "it ends within the header of a packet"
                return
            seconds, fraction, included, size = record.unpack(head)
            if included > MAX_PACKET_BYTES:
                self.problem = f"a packet claims to have {included:,} bytes"
                return
            data = self.stream.read(included)
            yield Packet(seconds * 10**9 + fraction * unit, link_type, max(size, len(data)), data)
            if len(data) < included:
                self.problem = "it ends within a packet"
                return

    def next_generation(self) -> Iterator[Packet]:
        order = "<"
        block_type = SECTION
        while True:
            if block_type == SECTION:
                head = self.stream.read(8)
                if len(head) < 8 or head[4:] not in BYTE_ORDER:
                    self.problem = "a section has no byte order"
                    return
                order = BYTE_ORDER[head[4:]]
                size = struct.unpack(order + "I", head[:4])[0]
                body = self.read_body(size, already=12)
                self.interfaces = []
            else:
                size = struct.unpack(order + "I", self.stream.read(4).ljust(4, b"\0"))[0]
                body = self.read_body(size, already=8)
            if body is None:
                return
            if block_type != SECTION:
                number = struct.unpack(order + "I", block_type)[0]
                if number == INTERFACE_BLOCK:
                    self.interfaces.append(interface_of(body, order))
                elif number in {ENHANCED_BLOCK, SIMPLE_BLOCK, OLD_PACKET_BLOCK}:
                    packet = self.packet_of(number, body, order)
                    if packet is not None:
                        yield packet
            block_type = self.stream.read(4)
            if not block_type:
                return
            if len(block_type) < 4:
                self.problem = "it ends within a block"
                return

    def read_body(self, size: int, *, already: int) -> bytes | None:
        """The content of a block without its two sizes; None where the file is damaged."""
        if size < already + 4 or size % 4 or size > MAX_BLOCK_BYTES:
            self.problem = f"a block claims to have {size:,} bytes"
            return None
        body = self.stream.read(size - already)
        if len(body) < size - already:
            self.problem = "it ends within a block"
            return None
        return body[:-4]

    def packet_of(self, number: int, body: bytes, order: str) -> Packet | None:
        if number == SIMPLE_BLOCK:
            if len(body) < 4 or not self.interfaces:
                return None
            size = struct.unpack_from(order + "I", body)[0]
            interface = self.interfaces[0]
            included = min(size, len(body) - 4, interface.snap_length or size)
            return Packet(None, interface.link_type, size, body[4 : 4 + included])
        if len(body) < 20:
            return None
        if number == OLD_PACKET_BLOCK:
            interface_number, _, high, low, included, size = struct.unpack_from(order + "HHIIII", body)  # fmt: skip
        else:
            interface_number, high, low, included, size = struct.unpack_from(order + "IIIII", body)
        if interface_number >= len(self.interfaces):
            return None
        interface = self.interfaces[interface_number]
        ticks = (high << 32) | low
        nanoseconds = ticks * 10**9 // interface.ticks_per_second + interface.offset_s * 10**9
        return Packet(nanoseconds, interface.link_type, size, body[20 : 20 + included])


@dataclass(frozen=True, kw_only=True)
class Interface:
    link_type: int
    snap_length: int
    ticks_per_second: int = 10**6
    offset_s: int = 0


def interface_of(body: bytes, order: str) -> Interface:
    if len(body) < 8:
        return Interface(link_type=-1, snap_length=0)
    link_type, _, snap_length = struct.unpack_from(order + "HHI", body)
    ticks, offset_s, position = 10**6, 0, 8
    while position + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, position)
        value = body[position + 4 : position + 4 + length]
        if code == END:
            break
        if code == TIME_RESOLUTION and length == 1:
            ticks = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** min(value[0], 18)
        elif code == TIME_OFFSET and length == 8:
            offset_s = struct.unpack(order + "q", value)[0]
        position += 4 + (length + 3) // 4 * 4
    return Interface(
        link_type=link_type, snap_length=snap_length, ticks_per_second=ticks, offset_s=offset_s
    )
