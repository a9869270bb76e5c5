"""Pairs such as `src=10.0.0.1 action="allow it"` in lines of logs; and logs that are nothing else (logfmt)."""

import re
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.logs.log_table import (
    SECOND_SCORE,
    UNPARSED,
    Flow,
    LogTable,
    head_lines,
    log_result,
    numbered_lines,
    text_of,
    unparsed_repair,
)

PAIR = re.compile(r"""(?<![^\s,;])([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;"]*)""")
SENDERS = (
    ("srcip", "dstip"), ("src_ip", "dst_ip"), ("src_ip", "dest_ip"), ("SRC", "DST"), ("src", "dst"), ("saddr", "daddr"),
    ("source", "destination"), ("source_ip", "destination_ip"), ("sourceAddress", "destinationAddress"),
    ("client_ip", "server_ip"), ("client", "server"), ("from", "to"), ("shost", "dhost"), ("rhost", "host"),
)  # fmt: skip
WEIGHTS = ("bytes", "sentbyte", "LEN", "len", "size", "packets", "sentpkt")
LABELS = ("action", "PROTO", "proto", "service", "app", "method", "level", "type", "act")
TEXTS = ("logid", "devid", "MAC", "ID")
FLOWS = tuple(
    Flow(
        source=source, destination=destination, weights=WEIGHTS, labels=LABELS,
        reason=f"Each line names a {source} and a {destination}.",
    )
    for source, destination in SENDERS
) + tuple(
    Flow(source=source, destination=destination, labels=LABELS, reason=f"Each line names a {source} and a {destination}.", score=SECOND_SCORE)
    for source, destination in (("user", "host"), ("user", "src"), ("user", "srcip"), ("remote_addr", "path"), ("addr", "path"), ("fwd", "path"), ("host", "path"), ("caller", "msg"))
)  # fmt: skip


def pairs_of(text: str) -> dict[str, str]:
    """The pairs of a line; of a key that comes twice the second is `key_2`."""
    pairs: dict[str, str] = {}
    for key, value in PAIR.findall(text):
        name, number = key, 2
        while name in pairs:
            name, number = f"{key}_{number}", number + 1
        pairs[name] = unquoted(value)
    return pairs


def unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def is_pairs(line: str) -> bool:
    """Whether a line is nothing but pairs, two at least."""
    text = line.strip()
    count = 0
    position = 0
    for match in PAIR.finditer(text):
        if text[position : match.start()].strip(" \t,;"):
            return False
        position = match.end()
        count += 1
    return count >= 2 and not text[position:].strip(" \t,;")


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """A column for each key; words outside of pairs are kept in a column of their own.

    Raises:
        UnreadableFileError: no line has pairs.
    """
    repairs: list[Repair] = []
    rows = LogTable()
    unparsed: list[tuple[int, str]] = []
    for number, line in numbered_lines(text_of(stream, options, repairs)):
        pairs = pairs_of(line)
        rest = " ".join(PAIR.sub("", line).split()).strip(" ,;")
        if not pairs:
            unparsed.append((number, line))
        record = with_time({**pairs, **({UNPARSED: line if not pairs else rest} if rest else {})})
        rows.add(number, {name: value or None for name, value in record.items()})
    if len(unparsed) == len(rows.lines):
        raise UnreadableFileError("No line of this log has pairs of key=value.")
    if unparsed:
        repairs.append(
            unparsed_repair([each[0] for each in unparsed], unparsed[0][1], "pairs of key=value")
        )
    return log_result(rows, repairs, name="log", flows=FLOWS, texts=TEXTS)


def with_time(record: dict[str, str]) -> dict[str, str]:
    """`date` and `time` of firewalls as one column, in front."""
    date, time = record.get("date", ""), record.get("time", "")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", date) and re.fullmatch(r"\d\d:\d\d:\d\d(?:\.\d+)?", time):
        rest = {name: value for name, value in record.items() if name not in {"date", "time"}}
        return {"datetime": f"{date} {time}", **rest}
    return record


def recognize(head: bytes, name: str) -> float:
    lines = head_lines(head)
    if not lines or not any(map(is_pairs, lines[:1])):
        return 0.0
    share = sum(map(is_pairs, lines)) / len(lines)
    return 0.92 if share >= 0.9 else 0.6 if share >= 0.75 else 0.0


LOGFMT = FileFormat(
    name="logfmt", media_type="text/x-logfmt", suffixes=(".logfmt",), read=read, recognize=recognize
)
