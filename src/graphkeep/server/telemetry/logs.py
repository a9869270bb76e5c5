"""Logging: the one handler for all records, which redacts secrets and writes text or JSON lines.

Django, the web server, libraries, warnings and tracebacks all use it, at every level.
"""

import json
import logging
import logging.config
import re
import sys
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from graphkeep.server.config.env import KNOWN, Environment
from graphkeep.telemetry.context import current_work_id
from graphkeep.telemetry.redaction import Redactor

TRACE = 5
LEVELS = {
    "TRACE": TRACE, "DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARN": logging.WARNING,
    "WARNING": logging.WARNING, "ERROR": logging.ERROR, "FATAL": logging.CRITICAL,
    "CRITICAL": logging.CRITICAL,
}  # fmt: skip
FORMATS = ("text", "json")
LONGEST_MESSAGE = 8_000
LONGEST_TRACEBACK = 20_000
# Log injection: control characters, and bidirectional marks that reorder the displayed text.
FORGING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
QUOTED = re.compile(r"'(?:[^']|'')*'")

logging.addLevelName(TRACE, "TRACE")


class LogFormatter(logging.Formatter):
    """Formats a record as one line, with the traceback indented below it, or as one JSON object."""

    def __init__(self, *, form: str = "text", secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self.form = form
        self.redactor = Redactor(secrets)

    def format(self, record: logging.LogRecord) -> str:
        message = self.redactor.redact(message_of(record))[:LONGEST_MESSAGE]
        trace = self.redactor.redact(self.traced(record))[-LONGEST_TRACEBACK:]
        timestamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        timestamp = f"{timestamp}.{int(record.msecs):03d}Z"
        if self.form == "json":
            fields = {
                "time": timestamp, "level": record.levelname, "logger": record.name, "work": current_work_id(),
                "process": record.process, "message": message, "traceback": trace,
            }  # fmt: skip
            return json.dumps({key: value for key, value in fields.items() if value != ""})
        line = f"{timestamp} {record.levelname:<7} {current_work_id() or '-'} {record.name}: {on_one_line(message)}"
        if trace:
            line += "\n" + "\n".join(
                f"    {on_one_line(trace_line)}" for trace_line in trace.splitlines()
            )
        return line

    def traced(self, record: logging.LogRecord) -> str:
        parts = [self.formatException(record.exc_info)] if record.exc_info else []
        if record.exc_text and not parts:
            parts.append(record.exc_text)
        if record.stack_info:
            parts.append(record.stack_info)
        return "\n".join(parts)


def message_of(record: logging.LogRecord) -> str:
    """The message; of an SQL statement without its values, which are people's data."""
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} (with arguments that do not fit)"
    if record.name.startswith("django.db"):
        return QUOTED.sub("'…'", text.partition("; args=")[0])
    return text


def on_one_line(text: str) -> str:
    plain = text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", " ")
    return FORGING.sub(lambda match: f"\\u{ord(match[0]):04x}", plain)


def configuration(level: str, form: str, secrets: Iterable[str]) -> dict[str, Any]:
    """The dictionary for `logging.config`: a single handler, at the root."""
    through_root = {"handlers": [], "propagate": True}
    quiet = {"level": "WARNING", **through_root}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": LogFormatter, "form": form, "secrets": list(secrets)}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": LEVELS[level]},
        "loggers": {
            "django": through_root,
            "django.server": through_root,
            "django.template": quiet,  # it would log template contexts, with codes and form data
            "uvicorn": through_root,
            "uvicorn.error": through_root,
            "uvicorn.access": quiet,
            "numba": quiet,
            "asyncio": quiet,
            "websockets": through_root,
        },
    }


def declared_secrets(env: Environment) -> list[str]:
    """The values of all settings that are declared secret, URLs with credentials included."""
    sources = (env.find(setting.name) for setting in KNOWN.values() if setting.secret)
    return [source.text for source in sources if source is not None and source.text]


def open_log(level: str, form: str, secrets: Iterable[str]) -> None:
    logging.config.dictConfig(configuration(level, form, secrets))


def log_everything() -> None:
    """Send warnings and uncaught exceptions of this process to the log too."""
    logging.captureWarnings(capture=True)
    sys.excepthook = log_uncaught
    threading.excepthook = lambda failure: log_uncaught(
        failure.exc_type, failure.exc_value, failure.exc_traceback
    )
    sys.unraisablehook = lambda failure: log_uncaught(
        failure.exc_type, failure.exc_value, failure.exc_traceback
    )


def log_uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if error is None or issubclass(kind, SystemExit | KeyboardInterrupt):
        return
    logging.getLogger("graphkeep").critical("unhandled exception", exc_info=(kind, error, trace))
