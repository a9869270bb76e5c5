"""Events in ArcSight's CEF and QRadar's LEEF, with or without a syslog header before them.

Source: Micro Focus Security ArcSight Common Event Format, version 26; IBM QRadar LEEF, versions 1.0 and 2.0.
"""

import re
from datetime import UTC, datetime

from graphkeep.sources.file_format import FileFormat
from graphkeep.sources.logs.line_log import LineLog
from graphkeep.sources.logs.log_table import SECOND_SCORE, Cell, Flow, head_lines, share_of
from graphkeep.sources.logs.syslog import ISO_TIME, OLD_TIME, time_of

EVENT = re.compile(
    r"(?:.*?\s|<\d+>)??(?P<kind>CEF|LEEF):\s?(?P<version>\d(?:\.\d)?)\|(?P<rest>.*)$"
)
FIELD = re.compile(r"((?:[^|\\]|\\.)*)\|")
KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z][\w.\[\]-]*)=")
BEFORE = re.compile(rf"(?:<\d+>)?(?:1 )?(?P<time>{OLD_TIME}|{ISO_TIME})\s+(?P<host>[\w.:-]+)")
CEF_NAMES = ("vendor", "product", "product_version", "signature", "name", "severity")
LEEF_NAMES = ("vendor", "product", "product_version", "event_id")
EPOCHS = {"rt", "start", "end", "art", "deviceReceiptTime"}
TEXTS = ("signature", "event_id", "product_version", "version", "severity", "externalId")
WEIGHTS = ("in", "out", "bytesIn", "srcBytes", "totalBytes", "cnt")
LABELS = ("name", "act", "event_id", "proto", "app")
FLOWS = (
    *(
        Flow(source=source, destination=destination, weights=WEIGHTS, labels=LABELS, score=score,
             reason=f"{source} is the sender of each event and {destination} its receiver.")
        for source, destination, score in (
            ("src", "dst", 2.5), ("sourceAddress", "destinationAddress", 2.49), ("shost", "dhost", 2.48), ("suser", "duser", 2.4),
        )
    ),
    Flow(source="suser", destination="dst", labels=LABELS, reason="Each event is of a user at an address.", score=SECOND_SCORE),
    Flow(source="usrName", destination="dst", labels=LABELS, reason="Each event is of a user at an address.", score=SECOND_SCORE),
    Flow(source="suser", destination="dhost", labels=LABELS, reason="Each event is of a user at a host.", score=2.25),
    Flow(source="src", destination="dhost", labels=LABELS, reason="Each event is of an address at a host.", score=2.2),
    Flow(source="src", destination="request", labels=("requestMethod", "name"), reason="Each event is a request of an address.", score=2.1),
    Flow(source="src", destination="signature", labels=LABELS, reason="Each event is of an address.", score=2.0),
)  # fmt: skip


def record_of(line: str) -> dict[str, Cell] | None:
    """A field for each of the header and each key; `cs1` with its label also under that label."""
    match = EVENT.match(line)
    if match is None:
        return None
    record: dict[str, Cell] = {}
    before = BEFORE.match(line[: match.start("kind")])
    if before is not None:
        record = {"time": time_of(before["time"], datetime.now(UTC))[0], "host": before["host"]}
    names = CEF_NAMES if match["kind"] == "CEF" else LEEF_NAMES
    rest = match["rest"]
    for name in names:
        field = FIELD.match(rest)
        if field is None:
            record[name] = unescape(rest) or None
            return record
        record[name] = unescape(field[1]) or None
        rest = rest[field.end() :]
    pairs = leef_pairs(rest, match["version"]) if match["kind"] == "LEEF" else cef_pairs(rest)
    for name, value in pairs.items():
        key = name if name not in record else f"{name}_2"
        record[key] = epoch_of(value) if name in EPOCHS else value or None
    for name in [name for name in pairs if name.endswith("Label")]:
        label, labeled = pairs[name], pairs.get(name.removesuffix("Label"))
        if label and labeled and label not in record:
            record[label] = labeled
    return record


def cef_pairs(text: str) -> dict[str, str]:
    """Keys up to the next `key=`; values may hold blanks, and `=` that is escaped."""
    keys = [match for match in KEY.finditer(text) if not text[: match.end() - 1].endswith("\\")]
    pairs = {}
    for number, match in enumerate(keys):
        end = keys[number + 1].start() if number + 1 < len(keys) else len(text)
        pairs[match[1]] = unescape(text[match.end() : end].strip())
    return pairs


def leef_pairs(text: str, version: str) -> dict[str, str]:
    """Pairs between tabs, or between the character that version 2.0 names, also as `x7C`."""
    separator = "\t"
    if version.startswith("2"):
        field = re.match(r"((?:0?x[0-9A-Fa-f]{1,4})|[^|]?)\|", text)
        if field is not None:
            named = field[1]
            code = re.fullmatch(r"0?x([0-9A-Fa-f]{1,4})", named)
            separator = chr(int(code[1], 16)) if code else named or "\t"
            text = text[field.end() :]
    if separator not in text and text.count("=") > 1:
        return cef_pairs(text)
    pairs = {}
    for part in text.split(separator):
        key, mark, value = part.partition("=")
        if mark:
            pairs[key.strip()] = value.strip()
    return pairs


def epoch_of(text: str) -> Cell:
    """Milliseconds since 1970 as a time; other texts as they are."""
    if re.fullmatch(r"\d{13}", text):
        return datetime.fromtimestamp(int(text) / 1000, UTC).isoformat(timespec="milliseconds")
    if re.fullmatch(r"\d{10}", text):
        return datetime.fromtimestamp(int(text), UTC).isoformat()
    return text or None


def unescape(text: str) -> str:
    return re.sub(
        r"\\([\\|=nr])", lambda match: {"n": "\n", "r": "\n"}.get(match[1], match[1]), text
    )


def recognize(head: bytes, name: str) -> float:
    share = share_of(head_lines(head), EVENT)
    return 0.97 if share >= 0.5 else 0.0


EVENTS = LineLog(
    name="events", kind="events in CEF or LEEF", record_of=record_of, flows=FLOWS, texts=TEXTS
)
CEF = FileFormat(
    name="cef",
    media_type="text/x-cef",
    suffixes=(".cef", ".leef"),
    read=EVENTS.read,
    recognize=recognize,
)
