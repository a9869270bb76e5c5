"""Messages over long polling: POST requests that wait for the server's messages, and others that bring ours.

A body is a sequence of messages, each with its length before it. The first response names the connection, by an
id that nobody can guess, for all later requests.
"""

import contextlib
import http.client
import socket
import threading
from collections import deque
from urllib.parse import urlsplit

from graphkeep.bridge.protocol.frames import MAX_FRAME_BYTES
from graphkeep.bridge.protocol.polling_messages import (
    CLOSE_HEADER,
    CONNECTION_HEADER,
    CONTENT_TYPE,
    DIRECTION_HEADER,
    MAX_BODY_BYTES,
    pack_messages,
    unpack_messages,
)
from graphkeep.bridge.transports.dialer import Dialer
from graphkeep.bridge.transports.transport import TransportClosedError

REPLY_S = 6.0  # until a request counts as lost


class PollingTransport:
    """Two HTTP connections: a thread keeps one waiting at the server, `send` uses the other."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._path = urlsplit(f"{dialer.base_url}/pivot/bridge").path
        self._sending = self._connection()
        try:
            self._receiving = self._connection()
        except BaseException:
            self._sending.close()
            raise
        self._id = ""
        self._lock = threading.Lock()
        self._messages: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._code: int | None = None

    def _connection(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(
            self._dialer.base_url.split("//", 1)[1].split("/", 1)[0]
        )
        connection.sock = self._dialer.connect()
        connection.sock.settimeout(REPLY_S)
        connection.auto_open = 0  # it never dials past the gateway
        return connection

    def send(self, message: bytes) -> None:
        with self._lock:
            is_first = not self._id
            self._request(self._sending, "send", pack_messages([message]))
            if self._code is not None:
                raise TransportClosedError(self._code)
            if is_first:
                threading.Thread(target=self._receive_loop, daemon=True).start()

    def _request(
        self, connection: http.client.HTTPConnection, direction: str, body: bytes
    ) -> bytes:
        headers = {"Content-Type": CONTENT_TYPE, DIRECTION_HEADER: direction}
        if self._id:
            headers[CONNECTION_HEADER] = self._id
        try:
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            answer = response.read(MAX_FRAME_BYTES + MAX_BODY_BYTES)
            connection_id = response.headers.get(CONNECTION_HEADER, "")
        except (OSError, http.client.HTTPException) as error:
            self._end(1006)
            raise TransportClosedError(self._code or 1006) from error
        close = response.headers.get(CLOSE_HEADER, "")
        if response.status != 200 or (not self._id and not connection_id):
            self._end(int(close) if close.isdigit() else 1006)
            raise TransportClosedError(self._code or 1006)
        self._id = self._id or connection_id
        if close.isdigit():
            self._enqueue(answer)
            self._end(int(close))
            return b""
        return answer

    def _enqueue(self, body: bytes) -> None:
        try:
            messages = unpack_messages(body)
        except ValueError:
            self._end(1002)
            return
        if messages:
            with self._changed:
                self._messages.extend(messages)
                self._changed.notify_all()

    def _receive_loop(self) -> None:
        with contextlib.suppress(TransportClosedError):
            while self._code is None:
                self._enqueue(self._request(self._receiving, "receive", b""))

    def receive(self, timeout_s: float) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._messages or self._code is not None, timeout_s)
            if self._messages:
                return self._messages.popleft()
            if self._code is not None:
                raise TransportClosedError(self._code)
            return None

    def _end(self, code: int) -> None:
        with self._changed:
            self._code = self._code or code
            self._changed.notify_all()

    def close(self) -> None:
        self._end(1000)
        for connection in (self._sending, self._receiving):
            sock = connection.sock
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
                sock.close()
