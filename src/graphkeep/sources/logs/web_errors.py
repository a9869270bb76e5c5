"""Error logs of nginx: who asked which server for what, and the upstream that failed.

https://nginx.org/en/docs/ngx_core_module.html#error_log
"""

import re
from datetime import UTC, datetime

from graphkeep.sources.file_format import FileFormat
from graphkeep.sources.logs.line_log import LineLog
from graphkeep.sources.logs.log_table import Cell, Flow, head_lines, share_of

LINE = re.compile(
    r"(?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?P<level>\w+)\] (?P<pid>\d+)#(?P<thread>\d+): (?:\*(?P<connection>\d+) )?(?P<message>.*)"
)
FIELD = re.compile(
    r', (client|server|request|upstream|host|referrer|subrequest|login): ("(?:[^"\\]|\\.)*"|[^,]*)'
)
FLOWS = (
    Flow(source="client", destination="server", labels=("request", "level"), reason="Each line names the client and the server that it asked.", score=2.5),
    Flow(source="client", destination="upstream", labels=("request", "level"), reason="Each line names the client and the upstream that answered.", score=2.4),
    Flow(source="level", destination="message", reason="Each line is a message of a level.", score=2.1),
)  # fmt: skip


def record_of(line: str) -> dict[str, Cell] | None:
    """A message with the fields that nginx writes behind it; times are those of the server, read as UTC."""
    match = LINE.fullmatch(line)
    if match is None:
        return None
    message = match["message"]
    fields = list(FIELD.finditer(message))
    try:
        time: Cell = datetime.strptime(match["time"], "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        time = None
    record: dict[str, Cell] = {
        "time": time,
        **{name: match[name] for name in ("level", "pid", "connection")},
        "message": message[: fields[0].start()] if fields else message,
    }
    for each in fields:
        record.setdefault(each[1], each[2].strip('"') or None)
    return record


def recognize(head: bytes, name: str) -> float:
    return 0.97 if share_of(head_lines(head), LINE) >= 0.6 else 0.0


ERRORS = LineLog(
    name="errors", kind="messages of nginx", record_of=record_of, flows=FLOWS,
    texts=("message", "request", "client", "server", "connection"),
)  # fmt: skip
ERROR_LOG = FileFormat(
    name="errorlog",
    media_type="text/x-error-log",
    suffixes=(),
    read=ERRORS.read,
    recognize=recognize,
)
