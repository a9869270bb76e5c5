"""Flows as `nfdump -o line`, `long` or `extended` prints them: columns by position, addresses with ports.

Source: https://github.com/phaag/nfdump, man nfdump, OUTPUT FORMATS.
"""

import re
from datetime import UTC, datetime
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import MAX_LINES, Repair
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.logs.log_table import (
    UNPARSED,
    Cell,
    Flow,
    LogTable,
    head_lines,
    log_result,
    numbered_lines,
    text_of,
    unparsed_repair,
)

LINE = re.compile(
    r"(?P<start>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\s+(?P<duration>[\d:.]+)\s+(?P<protocol>\S+)\s+"
    r"(?P<source>\S+)\s+(?:<?->)\s+(?P<destination>\S+)\s+(?P<rest>\S.*)$"
)
NAMES = re.compile(r"Flags|Tos|Out Pkt|In Pkt|Out Byte|In Byte|Packets|Bytes|pps|bps|Bpp|Flows|BiFlow", re.IGNORECASE)  # fmt: skip
VALUE = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<unit>[KMGTP])(?= |$)|(?P<word>\S+)")
UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
SUMMARY = re.compile(r"(?:Summary:|Time window:|Total (?:flows|records)|Sys:|Wall:|Number of|Ident:|\s*$)")  # fmt: skip
FLOWS = (
    Flow(
        source="source", destination="destination", weights=("bytes", "packets"), labels=("protocol",),
        reason="Each line is a flow from the address before the arrow to the one after it.",
    ),
)  # fmt: skip


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """Flows with addresses, ports and numbers; the summary below them is left out and reported.

    Raises:
        UnreadableFileError: no line is a flow.
    """
    repairs: list[Repair] = []
    rows = LogTable()
    names: list[str] = []
    summary: list[int] = []
    unparsed: list[tuple[int, str]] = []
    rounded: list[int] = []
    for number, line in numbered_lines(text_of(stream, options, repairs)):
        if line.startswith("Date first seen"):
            names = [name.lower().replace(" ", "_") for name in NAMES.findall(line)]
        elif match := LINE.match(line.strip()):
            record, is_rounded = record_of(match, names)
            rows.add(number, record)
            if is_rounded:
                rounded.append(number)
        elif SUMMARY.match(line):
            summary.append(number)
        else:
            unparsed.append((number, line))
            rows.add(number, {UNPARSED: line})
    if len(rows.lines) == len(unparsed):
        raise UnreadableFileError("No line of this is a flow as nfdump prints it.")
    if summary:
        repairs.append(lines_repair("footer-skipped", f"{len(summary)} lines of nfdump's summary are left out.", summary))  # fmt: skip
    if rounded:
        repairs.append(
            lines_repair(
                "numbers-rounded",
                f"{len(rounded)} lines hold numbers that nfdump has rounded, such as '4.4 G'; they are read as they "
                "are. `nfdump -N` or `-o csv` prints every digit.",
                rounded,
            )
        )
    if unparsed:
        repairs.append(unparsed_repair([each[0] for each in unparsed], unparsed[0][1], "flow"))
    return log_result(rows, repairs, name="flows", flows=FLOWS, texts=("flags", "icmp_type.code"))


def lines_repair(code: str, message: str, lines: list[int]) -> Repair:
    return Repair(code=code, message=message, count=len(lines), lines=tuple(lines[:MAX_LINES]))


def record_of(match: re.Match[str], names: list[str]) -> tuple[dict[str, Cell], bool]:
    start = datetime.fromisoformat(match["start"]).replace(tzinfo=UTC)
    source, source_port = address_and_port(match["source"])
    destination, destination_port = address_and_port(match["destination"])
    record: dict[str, Cell] = {
        "start": start, "duration": seconds_of(match["duration"]), "protocol": match["protocol"], "source": source,
        "source_port": source_port, "destination": destination, "destination_port": destination_port,
    }  # fmt: skip
    if destination_port is not None and "." in destination_port:
        record |= {"destination_port": None, "icmp_type.code": destination_port}
    is_rounded = False
    for position, value in enumerate(VALUE.finditer(match["rest"])):
        name = names[position] if position < len(names) else f"extra{position - len(names) + 1}"
        if value["unit"]:
            record[name] = str(round(float(value["number"]) * UNITS[value["unit"]]))
            is_rounded = True
        else:
            record[name] = value["word"]
    return record, is_rounded


def seconds_of(text: str) -> float | None:
    """`1143.759`, or `00:19:03.759` of newer versions."""
    try:
        seconds = 0.0
        for part in text.split(":"):
            seconds = seconds * 60 + float(part)
    except ValueError:
        return None
    return seconds


def address_and_port(text: str) -> tuple[str, str | None]:
    """`10.0.0.1:53`; with a point before the port where the address has colons, as in `2001:db8::1.53`."""
    separator = "." if text.count(":") > 1 else ":"
    address, mark, port = text.rpartition(separator)
    if not mark or not re.fullmatch(r"\d+(?:\.\d+)?", port) or (separator == "." and ":" not in address):  # fmt: skip
        return text, None
    return address, port


def recognize(head: bytes, name: str) -> float:
    lines = head_lines(head)
    has_header = any(line.startswith("Date first seen") for line in lines[:3])
    flows = sum(LINE.match(line.strip()) is not None for line in lines)
    if flows and (has_header or flows >= 0.8 * len(lines)):
        return 0.95
    return 0.0


NFDUMP = FileFormat(
    name="nfdump", media_type="text/x-nfdump", suffixes=(), read=read, recognize=recognize
)
