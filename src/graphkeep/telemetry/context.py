"""The current request or job: the id that log lines, metrics and spans belong to."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Request ids as proxies make them; anything else in the header is replaced, because it may hold any text.
WELL_FORMED = re.compile(r"[0-9a-f][0-9a-f-]{7,63}")
_current_id: ContextVar[str] = ContextVar("current_work_id", default="")


def current_work_id() -> str:
    """The id of the current request or job; empty outside of one."""
    return _current_id.get()


def new_request_id() -> str:
    """A random request id of 16 hex digits."""
    return secrets.token_hex(8)


def checked_request_id(header: str) -> str:
    """The request id of a header if it is well-formed, else a new one."""
    return header if WELL_FORMED.fullmatch(header) else new_request_id()


@contextmanager
def work_context(work_id: str) -> Iterator[None]:
    """Set the current id for the block."""
    token = _current_id.set(work_id)
    try:
        yield
    finally:
        _current_id.reset(token)
