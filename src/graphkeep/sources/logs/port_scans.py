"""Port scans as Nmap writes them for grep: a row for each port of a host.

https://nmap.org/book/output-formats-grepable-output.html
"""

import re
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import MAX_LINES, Repair
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.logs.log_table import (
    Cell,
    Flow,
    LogTable,
    head_lines,
    log_result,
    numbered_lines,
    text_of,
)

HOST = re.compile(r"Host: (?P<address>\S+) \((?P<name>[^)]*)\)\s*(?:\t(?P<fields>.*))?")
PORT_FIELDS = ("port", "state", "protocol", "owner", "service", "rpc", "version")
FLOWS = (
    Flow(source="address", destination="service_port", labels=("service", "state"), reason="Each row is a port of a host: hosts that offer the same service meet in it."),
)  # fmt: skip


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """The ports of each host; a host without ports is one row of its status.

    Raises:
        UnreadableFileError: no line is a host.
    """
    repairs: list[Repair] = []
    rows = LogTable()
    others: list[tuple[int, str]] = []
    status: dict[str, tuple[int, dict[str, Cell]]] = {}
    for number, line in numbered_lines(text_of(stream, options, repairs)):
        match = HOST.fullmatch(line.rstrip())
        if match is None:
            if not line.startswith("#"):
                others.append((number, line))
            continue
        host: dict[str, Cell] = {"address": match["address"], "host": match["name"] or None}
        fields = dict(
            part.split(": ", 1) for part in (match["fields"] or "").split("\t") if ": " in part
        )
        if "Ports" not in fields:
            status.setdefault(match["address"], (number, {**host, "status": fields.get("Status")}))
            continue
        status[match["address"]] = (0, {})
        for port in ports_of(fields["Ports"]):
            rows.add(number, {**host, **port, "os": fields.get("OS")})
    for number, record in status.values():
        if record:
            rows.add(number, record)
    if not rows.lines:
        raise UnreadableFileError("No line of this scan is a host.")
    if others:
        repairs.append(
            Repair(
                code="line-ignored",
                message=f"{len(others)} lines are no hosts; they are left out.",
                count=len(others),
                lines=tuple(number for number, _ in others[:MAX_LINES]),
                before=others[0][1][:200],
            )
        )
    texts = ("address", "host", "service_port")
    return log_result(rows, repairs, name="ports", flows=FLOWS, texts=texts)


def ports_of(text: str) -> list[dict[str, Cell]]:
    """`22/open/tcp//ssh//OpenSSH 8.2/, 80/open/tcp//http///` as a record each."""
    found = []
    for part in text.split(", "):
        cells = part.strip().split("/")
        if len(cells) < 3 or not cells[0].isdecimal():
            continue
        record: dict[str, Cell] = {
            name: cell or None for name, cell in zip(PORT_FIELDS, cells, strict=False)
        }
        record["service_port"] = f"{cells[0]}/{cells[2]}"
        found.append(record)
    return found


def recognize(head: bytes, name: str) -> float:
    lines = [line for line in head_lines(head) if not line.startswith("#")]
    if lines and all(HOST.match(line) for line in lines[:5]):
        return 0.97
    return 0.95 if head.startswith(b"# Nmap ") and b" -oG " in head[:500] and lines else 0.0


PORT_SCAN = FileFormat(
    name="gnmap", media_type="text/x-gnmap", suffixes=(".gnmap",), read=read, recognize=recognize
)
