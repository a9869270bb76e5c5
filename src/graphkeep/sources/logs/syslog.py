"""Syslog, RFC 3164 and 5424 and as files have it: time, host, program, message, and the pairs in the message.

With the lines of iptables and ufw, which are pairs, and those of sshd, which name a user and an address.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.logs import key_value
from graphkeep.sources.logs.key_value import pairs_of
from graphkeep.sources.logs.log_table import (
    SECOND_SCORE,
    UNPARSED,
    Cell,
    Flow,
    LogTable,
    head_lines,
    log_result,
    numbered_lines,
    share_of,
    text_of,
    unparsed_repair,
)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ISO_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
OLD_TIME = rf"(?:{'|'.join(MONTHS)})\s+\d{{1,2}}\s+(?:\d{{4}} )?\d\d:\d\d:\d\d(?:\.\d+)?"
NEW = re.compile(
    rf"<(?P<priority>\d{{1,3}})>1 (?P<time>{ISO_TIME}|-) (?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) (?P<message_id>\S+) "
    r"(?P<data>-|(?:\[(?:[^\]\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+) ?(?:\ufeff)?(?P<message>.*)$"
)  # fmt: skip
OLD = re.compile(
    rf"(?:<(?P<priority>\d{{1,3}})>)?(?P<time>{OLD_TIME}|{ISO_TIME})\s+(?P<host>[\w.:-]+)\s+"
    r"(?:(?P<program>[\w./@-]+(?: [\w./-]+)?(?:\([\w-]+\))?)(?:\[(?P<pid>\d+)\])?:\s?)?(?P<message>.*)$"
)  # fmt: skip
LOGIN = re.compile(
    r"(?P<result>Accepted|Failed|Invalid|Disconnected|Connection closed)\b.*?(?:user |for (?:invalid user )?)(?P<user>[\w.@$-]+) (?:from )?(?P<address>[\da-fA-F.:]+)(?: port (?P<port>\d+))?"
)  # fmt: skip
FACILITIES = ("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock", *(f"local{n}" for n in range(8)))  # fmt: skip
SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
FLOWS = (
    *key_value.FLOWS[: len(key_value.SENDERS) - 2],
    Flow(source="address", destination="host", labels=("result", "user"), reason="Each line names an address that signed in to the host, or tried to.", score=2.45),
    Flow(source="user", destination="host", labels=("result", "program"), reason="Each line names a user and the host.", score=SECOND_SCORE),
    Flow(source="host", destination="program", reason="Each line is a message of a program on a host.", score=2.0),
)  # fmt: skip


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """Messages with their time, host and program, and a column for each key that messages have.

    Raises:
        UnreadableFileError: no line is a message of syslog.
    """
    repairs: list[Repair] = []
    rows = LogTable()
    unparsed: list[tuple[int, str]] = []
    assumed: list[tuple[int, str]] = []
    now = datetime.now(UTC)
    for number, line in numbered_lines(text_of(stream, options, repairs)):
        match = NEW.match(line) or OLD.match(line)
        if match is None:
            unparsed.append((number, line))
            rows.add(number, {UNPARSED: line})
            continue
        groups = match.groupdict()
        time, is_assumed = time_of(groups["time"], now)
        if is_assumed:
            assumed.append((number, groups["time"]))
        rows.add(number, record_of(groups, time))
    if len(unparsed) == len(rows.lines):
        raise UnreadableFileError("No line of this is a message of syslog.")
    if unparsed:
        repairs.append(
            unparsed_repair([each[0] for each in unparsed], unparsed[0][1], "messages of syslog")
        )
    if assumed:
        repairs.append(year_repair(assumed, now))
    texts = (*key_value.TEXTS, "message", "message_id", "data")
    return log_result(rows, repairs, name="messages", flows=FLOWS, texts=texts)


def record_of(groups: dict[str, str | None], time: datetime | None) -> dict[str, Cell]:
    message = groups["message"] or ""
    record: dict[str, Cell] = {"time": time}
    if time is None and groups["time"] not in {None, "-"}:
        record["time_text"] = groups["time"]
    if groups["priority"]:
        priority = int(groups["priority"])
        if priority < len(FACILITIES) * 8:
            record["facility"] = FACILITIES[priority // 8]
            record["severity"] = SEVERITIES[priority % 8]
    for name in ("host", "program", "pid", "message_id", "data"):
        value = groups.get(name)
        if value and value != "-":
            record[name] = value
    record["message"] = message
    pairs = pairs_of(f"{groups.get('data') or ''} {message}".replace("[", " ").replace("]", " "))
    for key, value in pairs.items():
        record.setdefault(key if key not in record else f"{key}_2", value or None)
    login = LOGIN.search(message)
    if login is not None:
        for key, value in login.groupdict().items():
            if value is not None:
                record.setdefault(key, value)
    return record


def time_of(text: str | None, now: datetime) -> tuple[datetime | None, bool]:
    """The time, in UTC where it names no zone; and whether its year is assumed: the last one that is not ahead."""
    if text is None or text == "-":
        return None, False
    if text[0].isdigit():
        try:
            time = datetime.fromisoformat(text.replace(",", "."))
        except ValueError:
            return None, False
        return (time if time.tzinfo else time.replace(tzinfo=UTC)), False
    month, day, *rest = text.split()
    has_year = len(rest) == 2
    hour, minute, second = (int(part) for part in rest[-1].split(".")[0].split(":"))
    for year in [int(rest[0])] if has_year else range(now.year, now.year - 8, -1):
        try:
            time = datetime(year, MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)  # fmt: skip
        except ValueError:
            continue  # the 29th of February
        if has_year or (time - now).days < 1:
            return time, not has_year
    return None, False


def year_repair(assumed: list[tuple[int, str]], now: datetime) -> Repair:
    return Repair(
        code="year-assumed",
        message=f"{len(assumed)} times have no year; each is read as the last such day up to {now:%Y-%m-%d}.",
        column="time",
        count=len(assumed),
        lines=tuple(number for number, _ in assumed[:10]),
        before=assumed[0][1],
    )


def recognize(head: bytes, name: str) -> float:
    lines = head_lines(head)
    return recognized_share(lines, (NEW, OLD))


def recognized_share(lines: Sequence[str], patterns: Iterable[re.Pattern[str]]) -> float:
    best = max((share_of(lines, pattern) for pattern in patterns), default=0.0)
    has_separators = sum(line.count(",") >= 4 or "\t" in line for line in lines) > 0.5 * len(lines)
    if best < 0.6:
        return 0.0
    return 0.92 if best >= 0.8 and not has_separators else 0.55


SYSLOG = FileFormat(
    name="syslog", media_type="text/x-syslog", suffixes=(".syslog",), read=read, recognize=recognize
)
