"""What is being done now: the request or the job that a line of the log, a count or a span belongs to."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Hex and dashes, as proxies make them: words are not taken over, they may be anything.
WELL_FORMED = re.compile(r"[0-9a-f][0-9a-f-]{7,63}")
_at_work: ContextVar[str] = ContextVar("at_work", default="")


def at_work() -> str:
    """The id of the request or job, or nothing outside of one."""
    return _at_work.get()


def new_request_id() -> str:
    return secrets.token_hex(8)


def as_request_id(said: str) -> str:
    """Another's id where it is one; the log is no place for what anybody likes to write."""
    return said if WELL_FORMED.fullmatch(said) else new_request_id()


@contextmanager
def working_on(name: str) -> Iterator[None]:
    before = _at_work.set(name)
    try:
        yield
    finally:
        _at_work.reset(before)
