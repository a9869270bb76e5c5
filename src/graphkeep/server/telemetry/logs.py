"""The one way of every line into the log: cleaned of secrets, on one line, as text or as JSON.

Django, the web server, libraries, warnings and tracebacks come through here, at every level.
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
# What could forge a line, or turn its direction: control characters and the marks of right-to-left text.
FORGING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
QUOTED = re.compile(r"'(?:[^']|'')*'")

logging.addLevelName(TRACE, "TRACE")


class LogFormatter(logging.Formatter):
    """One line for each record; a traceback follows indented, or as a field of the JSON."""

    def __init__(self, *, form: str = "text", secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self.form = form
        self.redactor = Redactor(secrets)

    def format(self, record: logging.LogRecord) -> str:
        message = self.redactor.redact(message_of(record))[:LONGEST_MESSAGE]
        trace = self.redactor.redact(self.traced(record))[-LONGEST_TRACEBACK:]
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        at = f"{at}.{int(record.msecs):03d}Z"
        if self.form == "json":
            told = {
                "time": at, "level": record.levelname, "logger": record.name, "work": current_work_id(),
                "process": record.process, "message": message, "traceback": trace,
            }  # fmt: skip
            return json.dumps({key: value for key, value in told.items() if value != ""})
        line = f"{at} {record.levelname:<7} {current_work_id() or '-'} {record.name}: {on_one_line(message)}"
        if trace:
            line += "\n" + "\n".join(f"    {on_one_line(one)}" for one in trace.splitlines())
        return line

    def traced(self, record: logging.LogRecord) -> str:
        parts = [self.formatException(record.exc_info)] if record.exc_info else []
        if record.exc_text and not parts:
            parts.append(record.exc_text)
        if record.stack_info:
            parts.append(record.stack_info)
        return "\n".join(parts)


def message_of(record: logging.LogRecord) -> str:
    """The message; of a database's statement without its values, which are people's data."""
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} (with arguments that do not fit)"
    if record.name.startswith("django.db"):
        return QUOTED.sub("'…'", text.partition("; args=")[0])
    return text


def on_one_line(text: str) -> str:
    plain = text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", " ")
    return FORGING.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)


def configuration(level: str, form: str, secrets: Iterable[str]) -> dict[str, Any]:
    """For `logging.config`: one handler, and no other way out."""
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
            "django.template": quiet,  # it would show whole pages' contexts, codes and forms among them
            "uvicorn": through_root,
            "uvicorn.error": through_root,
            "uvicorn.access": quiet,
            "numba": quiet,
            "asyncio": quiet,
            "websockets": through_root,
        },
    }


def declared_secrets(env: Environment) -> list[str]:
    """The value of every setting that is declared a secret, and the addresses that may hold one."""
    found = (env.find(one.name) for one in KNOWN.values() if one.secret)
    return [one.text for one in found if one is not None and one.text]


def open_log(level: str, form: str, secrets: Iterable[str]) -> None:
    logging.config.dictConfig(configuration(level, form, secrets))


def log_everything() -> None:
    """In a process of the server: also what would else be printed past the log."""
    logging.captureWarnings(capture=True)
    sys.excepthook = log_uncaught
    threading.excepthook = lambda failed: log_uncaught(
        failed.exc_type, failed.exc_value, failed.exc_traceback
    )
    sys.unraisablehook = lambda failed: log_uncaught(
        failed.exc_type, failed.exc_value, failed.exc_traceback
    )


def log_uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if error is None or issubclass(kind, SystemExit | KeyboardInterrupt):
        return
    logging.getLogger("graphkeep").critical("nobody caught this", exc_info=(kind, error, trace))
