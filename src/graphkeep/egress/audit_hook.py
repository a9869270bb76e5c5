"""The second fence: in a server's process no Python code connects elsewhere past the gateway.

An audit hook (PEP 578) sees every connection and every name that is looked up, whoever asks, a library too.
It cannot be taken off again. What never goes through Python, such as PostgreSQL's own library, is not seen:
its address is the administrator's.
"""

import ipaddress
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graphkeep.egress.policy import EgressForbiddenError

logger = logging.getLogger(__name__)
_here = threading.local()
_closed = threading.Event()
INTERNET = {socket.AF_INET, socket.AF_INET6}


@contextmanager
def passage() -> Iterator[None]:
    """While the gateway connects, in its thread alone."""
    before = getattr(_here, "is_open", False)
    _here.is_open = True
    try:
        yield
    finally:
        _here.is_open = before


def close_fence() -> None:
    """For the life of this process."""
    if not _closed.is_set():
        _closed.set()
        sys.addaudithook(watch)


def watch(event: str, words: tuple[Any, ...]) -> None:
    if event not in {"socket.connect", "socket.getaddrinfo"} or getattr(_here, "is_open", False):
        return
    if event == "socket.getaddrinfo":
        host = words[0]
    elif words[0].family in INTERNET:
        host = words[1][0]
    else:
        return
    if not is_here(host):
        logger.warning("something wanted to connect to %s past the gateway", host)
        raise EgressForbiddenError(f"Nothing connects to {host} past the gateway.")


def is_here(host: object) -> bool:
    """This very machine; also a socket that will listen and names no host."""
    text = host.decode(errors="replace") if isinstance(host, bytes) else host
    if text in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(text).partition("%")[0]).is_loopback
    except ValueError:
        return False
