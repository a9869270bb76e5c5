"""A name server of the test's: names of payloads, and a name whose answer changes with every question."""

import ipaddress
import socket
import struct
import sys
import threading

from tests.sources.databases.ssrf.payloads import NAMES

OUTSIDE = "93.184.215.14"
FLIPS = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1")


class Zone:
    """`questions` counts those for names below rebind.example."""

    def __init__(self) -> None:
        self.questions = 0

    def addresses(self, name: str) -> tuple[str, ...]:
        if name == "ok.example":
            return (OUTSIDE,)
        if name.endswith("rebind.example"):
            self.questions += 1
            inside = FLIPS[(self.questions // 2) % len(FLIPS)]
            return (OUTSIDE if self.questions % 2 else inside,)
        return NAMES.get(name, ())

    def answer(self, query: bytes) -> bytes:
        labels, position = [], 12
        while length := query[position]:
            labels.append(query[position + 1 : position + 1 + length].decode("latin-1").lower())
            position += length + 1
        (kind,) = struct.unpack("!H", query[position + 1 : position + 3])
        question, name = query[12 : position + 5], ".".join(labels)
        # One family is asked after the other: a flip belongs to the question for IPv4.
        if name.endswith("rebind.example") and kind != 1:
            addresses = []
        else:
            addresses = [ipaddress.ip_address(each) for each in self.addresses(name)]
        records = [
            b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(each.packed)) + each.packed
            for each in addresses
            if (kind == 1 and each.version == 4) or (kind == 28 and each.version == 6)
        ]
        status = (
            0x8180 if name in NAMES or name.endswith(("ok.example", "rebind.example")) else 0x8183
        )
        head = query[:2] + struct.pack("!HHHHH", status, 1, len(records), 0, 0)
        return head + question + b"".join(records)


def serve() -> None:
    zone = Zone()
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 53))
    while True:
        query, address = listener.recvfrom(4096)
        try:
            answer = zone.answer(query)
        except (IndexError, struct.error):
            continue  # no question
        listener.sendto(answer, address)


def start() -> None:
    threading.Thread(target=serve, daemon=True).start()


if __name__ == "__main__":
    sys.exit(serve())
