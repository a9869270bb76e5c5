"""Captures of packets as their conversations: who spoke with whom, how much, and when."""

from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult
from graphkeep.sources.logs.log_table import Flow, flow_interpretations
from graphkeep.sources.logs.packets.captures import PCAP_MAGIC, SECTION, Capture, Packet
from graphkeep.sources.logs.packets.headers import Ends, ends_of

FLOWS = (
    Flow(
        source="source", destination="destination", weights=("bytes",), labels=("protocol",),
        reason="Each row is a conversation: all packets between two ends, whose first packet went from source to destination.",
    ),
)  # fmt: skip
TIME = pa.timestamp("ns", tz="UTC")
MAX_NANOSECONDS = 2**63 - 1
Key = tuple[str, str, str, int | None, int | None]


@dataclass(slots=True)
class Conversation:
    packets: int = 0
    bytes: int = 0
    packets_back: int = 0
    bytes_back: int = 0
    first: int | None = None
    last: int | None = None

    def add(self, packet: Packet, *, is_back: bool) -> None:
        if is_back:
            self.packets_back += 1
            self.bytes_back += packet.size
        else:
            self.packets += 1
            self.bytes += packet.size
        time = packet.nanoseconds
        if time is not None and time <= MAX_NANOSECONDS:
            self.first = time if self.first is None else min(self.first, time)
            self.last = time if self.last is None else max(self.last, time)


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """One row for each conversation, in the order of their first packets.

    `packets` and `bytes` count both directions, `packets_back` and `bytes_back` those from destination to source.
    Bytes are those on the wire.

    Raises:
        UnreadableFileError: it is no capture, or no packet of it can be read.
    """
    capture = Capture(stream=stream)
    conversations: dict[Key, Conversation] = {}
    packet_count = 0
    malformed: list[int] = []
    for number, packet in enumerate(capture.packets(), start=1):
        packet_count = number
        ends = ends_of(packet.link_type, packet.data)
        if ends is None:
            malformed.append(number)
            continue
        add(conversations, packet, ends)
    if not conversations:
        raise UnreadableFileError(
            f"None of the {packet_count:,} packets of this capture has addresses that are read."
            if packet_count
            else "This capture holds no packets."
        )
    table = table_of(conversations)
    return ReadResult(
        tables=(NamedTable(name="conversations", table=table),),
        repairs=tuple(repairs_of(malformed, packet_count, capture.problem)),
        interpretations=flow_interpretations(table, FLOWS, "Conversations"),
    )


def add(conversations: dict[Key, Conversation], packet: Packet, ends: Ends) -> None:
    key: Key = (ends.source, ends.destination, ends.protocol, ends.source_port, ends.destination_port)  # fmt: skip
    reverse: Key = (ends.destination, ends.source, ends.protocol, ends.destination_port, ends.source_port)  # fmt: skip
    conversation = conversations.get(key)
    is_back = False
    if conversation is None:
        conversation = conversations.get(reverse)
        is_back = conversation is not None or ends.is_reply
        if conversation is None:
            conversation = conversations[reverse if ends.is_reply else key] = Conversation()
    conversation.add(packet, is_back=is_back)


def table_of(conversations: dict[Key, Conversation]) -> pa.Table:
    keys = list(conversations)
    rows = list(conversations.values())
    return pa.table(
        {
            "source": pa.array([key[0] for key in keys]),
            "destination": pa.array([key[1] for key in keys]),
            "protocol": pa.array([key[2] for key in keys]),
            "source_port": pa.array([key[3] for key in keys], pa.int64()),
            "destination_port": pa.array([key[4] for key in keys], pa.int64()),
            "packets": pa.array([row.packets + row.packets_back for row in rows], pa.int64()),
            "bytes": pa.array([row.bytes + row.bytes_back for row in rows], pa.int64()),
            "packets_back": pa.array([row.packets_back for row in rows], pa.int64()),
            "bytes_back": pa.array([row.bytes_back for row in rows], pa.int64()),
            "first_seen": pa.array([row.first for row in rows], pa.int64()).cast(TIME),
            "last_seen": pa.array([row.last for row in rows], pa.int64()).cast(TIME),
        }
    )


def repairs_of(malformed: list[int], packet_count: int, problem: str) -> list[Repair]:
    repairs = []
    if malformed:
        repairs.append(
            Repair(
                code="packets-not-read",
                message=f"{len(malformed):,} of {packet_count:,} packets are malformed or of a kind that is not read; they are left out. "
                f"The first is packet {malformed[0]:,}.",
                count=len(malformed),
                lines=tuple(malformed[:10]),
            )
        )  # fmt: skip
    if problem:
        repairs.append(
            Repair(
                code="file-cut-short",
                message=f"The capture is damaged after packet {packet_count:,}: {problem}. What comes before is read.",
                count=1,
            )
        )
    return repairs


def recognize(head: bytes, name: str) -> float:
    if head[:4] == SECTION:
        return 1.0
    return 0.99 if head[:4] in PCAP_MAGIC and len(head) >= 24 else 0.0


PCAP = FileFormat(
    name="pcap",
    media_type="application/vnd.tcpdump.pcap",
    suffixes=(".pcap", ".pcapng", ".cap"),
    read=read,
    recognize=recognize,
)
