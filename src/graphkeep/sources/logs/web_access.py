"""Access logs of web servers and of the proxy Squid: common, combined, with a virtual host, and Squid's native form.

Sources: https://httpd.apache.org/docs/current/logs.html, https://wiki.squid-cache.org/Features/LogFormat
"""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from graphkeep.sources.file_format import FileFormat
from graphkeep.sources.logs.line_log import LineLog
from graphkeep.sources.logs.log_table import SECOND_SCORE, Cell, Flow, head_lines, share_of

QUOTED = r'"((?:[^"\\]|\\.)*)"'
ACCESS = re.compile(
    r"(?:(?P<vhost>[\w.-]+(?::\d+)?) )?(?P<client>[\w.:%-]+) (?P<ident>\S+) (?P<user>\S+|\"[^\"]*\") \[(?P<time>[^\]]+)\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}|-) (?P<bytes>\d+|-)(?: "(?P<referrer>(?:[^"\\]|\\.)*)"'
    r'(?: "(?P<agent>(?:[^"\\]|\\.)*)")?)?(?P<rest>.*)$'
)  # fmt: skip
REQUEST = re.compile(r"(?P<method>[A-Z]{2,20}) (?P<path>\S.*?)(?: (?P<protocol>HTTP/[\d.]+))?$")
SQUID = re.compile(
    r"(?P<time>\d{9,10}\.\d{3})\s+(?P<elapsed>-?\d+) (?P<client>\S+) (?P<result>[A-Z_]+)/(?P<status>\d{3}|-) (?P<bytes>\d+) "
    r"(?P<method>\S+) (?P<url>\S+) (?P<user>\S+) (?P<hierarchy>[A-Z_]+)/(?P<peer>\S+) (?P<type>\S+)(?P<rest>.*)$"
)  # fmt: skip
ACCESS_FLOWS = (
    Flow(source="client", destination="path", weights=("bytes",), labels=("method", "status"), reason="Each line is a request of a client for a path."),
    Flow(source="client", destination="vhost", labels=("method", "status"), reason="Each line is a request of a client to a virtual host.", score=2.4),
    Flow(source="user", destination="path", labels=("method",), reason="Each line with a user is a request of that user.", score=SECOND_SCORE),
    Flow(source="referrer", destination="path", labels=("client",), reason="A referrer is the page that led to this one.", score=2.1),
)  # fmt: skip
SQUID_FLOWS = (
    Flow(source="client", destination="host", weights=("bytes",), labels=("method", "result"), reason="Each line is a request of a client for a host."),
    Flow(source="client", destination="url", weights=("bytes",), labels=("method", "result"), reason="Each line is a request of a client for an address.", score=SECOND_SCORE),
    Flow(source="client", destination="peer", weights=("bytes",), labels=("hierarchy",), reason="The peer is the server that the proxy asked.", score=2.1),
)  # fmt: skip


def value_of(text: str | None) -> str | None:
    return None if text in {None, "-", ""} else text


def access_record(line: str) -> dict[str, Cell] | None:
    """A request with its client, time, path and status; what follows the known fields is kept in `rest`."""
    match = ACCESS.match(line)
    if match is None:
        return None
    record: dict[str, Cell] = {
        "time": time_of(match["time"]), "client": match["client"], "user": value_of(match["user"].strip('"')),
    }  # fmt: skip
    request = REQUEST.match(match["request"])
    if request is None:
        record["request"] = match["request"]
    else:
        record |= {"method": request["method"], "path": request["path"], "protocol": request["protocol"]}  # fmt: skip
    record |= {
        "status": value_of(match["status"]), "bytes": value_of(match["bytes"]), "referrer": value_of(match["referrer"]),
        "agent": value_of(match["agent"]),
    }  # fmt: skip
    for name in ("vhost", "ident", "rest"):
        value = value_of((match[name] or "").strip())
        if value is not None:
            record[name] = value
    return record


def time_of(text: str) -> Cell:
    try:
        return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z")
    except ValueError:
        return text


def squid_record(line: str) -> dict[str, Cell] | None:
    """A request with its client, host and peer."""
    match = SQUID.match(line)
    if match is None:
        return None
    seconds, _, millis = match["time"].partition(".")
    time = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(millis) * 1000)
    record: dict[str, Cell] = {"time": time}
    record |= {
        name: value_of(match[name])
        for name in ("elapsed", "client", "result", "status", "bytes", "method", "url")
    }
    record["host"] = host_of(match["url"])
    record |= {name: value_of(match[name]) for name in ("user", "hierarchy", "peer", "type")}
    if match["rest"].strip():
        record["rest"] = match["rest"].strip()
    return record


def host_of(url: str) -> str | None:
    """`example.org` of `http://example.org:80/x` and of `example.org:443`, as CONNECT names it."""
    try:
        return urlsplit(url if "://" in url else f"//{url}").hostname
    except ValueError:
        return None


def recognize_access(head: bytes, name: str) -> float:
    return 0.95 if share_of(head_lines(head), ACCESS) >= 0.7 else 0.0


def recognize_squid(head: bytes, name: str) -> float:
    return 0.95 if share_of(head_lines(head), SQUID) >= 0.7 else 0.0


TEXTS = ("path", "url", "request", "agent", "referrer", "user")
ACCESS_LINES = LineLog(
    name="requests", kind="requests", record_of=access_record, flows=ACCESS_FLOWS, texts=TEXTS
)
SQUID_LINES = LineLog(
    name="requests", kind="requests", record_of=squid_record, flows=SQUID_FLOWS, texts=TEXTS
)
ACCESS_LOG = FileFormat(
    name="access",
    media_type="text/x-access-log",
    suffixes=(),
    read=ACCESS_LINES.read,
    recognize=recognize_access,
)
SQUID_LOG = FileFormat(
    name="squid",
    media_type="text/x-squid-log",
    suffixes=(),
    read=SQUID_LINES.read,
    recognize=recognize_squid,
)
