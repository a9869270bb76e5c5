"""Alerts of Suricata and Snort as `fast.log` has them, one a line."""

import re
from datetime import UTC, datetime

from graphkeep.sources.file_format import FileFormat
from graphkeep.sources.logs.line_log import LineLog
from graphkeep.sources.logs.log_table import Cell, Flow, head_lines, share_of

ALERT = re.compile(
    r"(?P<time>\d\d/\d\d(?:/\d{2,4})?-\d\d:\d\d:\d\d\.\d+)\s+(?:\[Drop\]\s+)?\[\*\*\]\s+\[(?P<signature>\d+:\d+:\d+)\]\s+(?P<message>.*?)\s+\[\*\*\]"
    r"(?:\s+\[Classification: (?P<classification>[^\]]*)\])?(?:\s+\[Priority: (?P<priority>\d+)\])?\s+"
    r"\{(?P<protocol>[^}]*)\}\s+(?P<source>\S+)\s+->\s+(?P<destination>\S+)\s*$"
)  # fmt: skip
FLOWS = (
    Flow(source="source", destination="destination", labels=("message", "protocol"), reason="Each alert is about packets from source to destination."),
    Flow(source="source", destination="message", labels=("protocol",), reason="Each alert is about a source.", score=2.2),
)  # fmt: skip


def record_of(line: str) -> dict[str, Cell] | None:
    """An alert with its addresses, ports and rule."""
    match = ALERT.match(line)
    if match is None:
        return None
    record: dict[str, Cell] = {"time": time_of(match["time"])}
    for end in ("source", "destination"):
        address, port = address_and_port(match[end])
        record |= {end: address, f"{end}_port": port}
    names = ("protocol", "signature", "message", "classification", "priority")
    return record | {name: match[name] for name in names}


def time_of(text: str) -> Cell:
    """`10/05/2010-10:08:59.667372`; without a year the text, because no year is known."""
    for form in ("%m/%d/%Y-%H:%M:%S.%f", "%m/%d/%y-%H:%M:%S.%f"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return text


def address_and_port(text: str) -> tuple[str, str | None]:
    """`10.0.0.1:53`, `[2001:db8::1]:53`, `2001:0db8:…:0001:53` of eight groups and a port, or an address alone."""
    address, mark, port = text.rpartition(":")
    has_port = mark and port.isdecimal() and (text.count(":") in {1, 8} or address.endswith("]"))
    return (address.strip("[]"), port) if has_port else (text.strip("[]"), None)


def recognize(head: bytes, name: str) -> float:
    return 0.97 if share_of(head_lines(head), ALERT) >= 0.6 else 0.0


ALERTS = LineLog(
    name="alerts", kind="alerts", record_of=record_of, flows=FLOWS, texts=("signature", "message")
)
FAST_LOG = FileFormat(
    name="fastlog", media_type="text/x-fast-log", suffixes=(), read=ALERTS.read, recognize=recognize
)
