"""The open sockets of a client, so that another thread can end the request that waits on one of them."""

import os
import socket
import threading
import weakref
from contextlib import suppress
from typing import Any, Literal

EndedBy = Literal["", "cancel", "timeout"]


class OpenSockets:
    """Second handles of a pool's sockets while a request runs: shutting one down ends the connection.

    The first handle cannot be used for that: while TLS is set up, nobody but the library has it.
    """

    def __init__(self) -> None:
        self.ended_by: EndedBy = ""
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()
        self._handles: list[socket.socket] = []
        self._lock = threading.Lock()

    def track(self, base: type[Any]) -> type[Any]:
        """A connection class of urllib3 whose sockets are tracked here."""
        tracker = self

        def new_connection(self: Any) -> socket.socket:
            connection: socket.socket = base._new_conn(self)  # noqa: SLF001 - urllib3's own hook
            tracker.add(self, connection)
            return connection

        return type("TrackedConnection", (base,), {"_new_conn": new_connection})

    def add(self, owner: Any, connection: socket.socket) -> None:
        """Raises ConnectionAbortedError: the request was ended before it was connected."""
        with self._lock:
            if self.ended_by:
                connection.close()
                raise ConnectionAbortedError
            self._connections.add(owner)
            self._handles.append(second_handle(connection))

    def begin(self) -> None:
        """A new request, perhaps over a connection that is still open."""
        with self._lock:
            self.ended_by = ""
            open_sockets = [connection.sock for connection in self._connections]
            self._handles += [
                second_handle(one) for one in open_sockets if one is not None and one.fileno() >= 0
            ]

    def forget(self) -> None:
        """The request is over: a connection that its library closes is closed."""
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()

    def end(self, by: EndedBy) -> None:
        """Shut all connections down; `ended_by` then says why."""
        with self._lock:
            self.ended_by = self.ended_by or by
            for handle in self._handles:
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)


def second_handle(connection: socket.socket) -> socket.socket:
    return socket.socket(fileno=os.dup(connection.fileno()))
