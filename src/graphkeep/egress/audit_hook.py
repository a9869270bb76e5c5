"""The second control behind the gateway: in a server's process no Python code connects elsewhere without it.

An audit hook (PEP 578) sees every connection and every name lookup, including those of libraries.
It cannot be removed. It does not see what never goes through Python, such as PostgreSQL's own library, whose address is
the administrator's.
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
_thread = threading.local()
_is_installed = threading.Event()
INTERNET = {socket.AF_INET, socket.AF_INET6}


@contextmanager
def allow_connections() -> Iterator[None]:
    """Allow connections from this thread only, while the gateway connects."""
    previous = getattr(_thread, "may_connect", False)
    _thread.may_connect = True
    try:
        yield
    finally:
        _thread.may_connect = previous


def install_audit_hook() -> None:
    """Restrict connections to other machines to the gateway, for the life of this process."""
    if not _is_installed.is_set():
        _is_installed.set()
        sys.addaudithook(check_event)


def check_event(event: str, arguments: tuple[Any, ...]) -> None:
    """Raises EgressForbiddenError for a connection or a name lookup that leaves this machine."""
    if event not in {"socket.connect", "socket.getaddrinfo"}:
        return
    if getattr(_thread, "may_connect", False):
        return
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif arguments[0].family in INTERNET:
        host = arguments[1][0]
    else:
        return
    if not is_local(host):
        logger.warning("blocked a connection to %s outside of the egress gateway", host)
        raise EgressForbiddenError(f"Nothing connects to {host} past the gateway.")


def is_local(host: object) -> bool:
    """Whether the address is this machine's, or a listening socket's without a host."""
    text = host.decode(errors="replace") if isinstance(host, bytes) else host
    if text in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(text).partition("%")[0]).is_loopback
    except ValueError:
        return False
