"""Messages over a WebSocket."""

import contextlib
import socket

from websockets.exceptions import ConnectionClosed, InvalidHandshake, SecurityError
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from graphkeep.bridge.protocol.frames import MAX_FRAME_BYTES
from graphkeep.bridge.protocol.handshake import SUBPROTOCOL
from graphkeep.bridge.transports.dialer import Dialer
from graphkeep.bridge.transports.transport import TransportClosedError

OPEN_S = 3.0


class WebSocketCutError(Exception):
    """The server was reached, but a proxy or firewall between blocks WebSockets."""


class WebSocketTransport:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def send(self, message: bytes) -> None:
        try:
            self._connection.send(message)
        except (ConnectionClosed, OSError) as error:
            raise closed_error(error) from error

    def receive(self, timeout_s: float) -> bytes | None:
        try:
            message = self._connection.recv(timeout_s)
        except TimeoutError:
            return None
        except (ConnectionClosed, OSError) as error:
            raise closed_error(error) from error
        return message.encode() if isinstance(message, str) else message

    def close(self) -> None:
        # The closing handshake would wait for a peer that may be gone.
        with contextlib.suppress(OSError):
            self._connection.socket.shutdown(socket.SHUT_RDWR)


def closed_error(error: Exception) -> TransportClosedError:
    received = error.rcvd if isinstance(error, ConnectionClosed) else None
    return TransportClosedError(received.code if received else 1006)


def open_websocket(dialer: Dialer) -> WebSocketTransport:
    """Connect to the server's WebSocket.

    Raises:
        WebSocketCutError: the server was reached, but answers no WebSocket handshake.
        OSError, EgressForbiddenError: it cannot be reached.
    """
    plain = dialer.connect_plain()
    uri = f"{'wss' if dialer.is_encrypted else 'ws'}{dialer.base_url[dialer.base_url.index(':') :]}"
    try:
        connection = connect(
            f"{uri}/pivot/bridge",
            sock=plain,
            ssl=dialer.tls_context() if dialer.is_encrypted else None,
            server_hostname=dialer.server[0] if dialer.is_encrypted else None,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,  # sealed frames do not compress
            proxy=None,
            open_timeout=OPEN_S,
            ping_interval=None,  # the sessions have their own
            close_timeout=1.0,
            max_size=MAX_FRAME_BYTES + 1024,
            max_queue=16,
            legacy=True,  # the connection itself, which other threads use
        )
    except (InvalidHandshake, SecurityError, ConnectionClosed, ValueError) as error:
        plain.close()
        raise WebSocketCutError(type(error).__name__) from error
    except BaseException:
        plain.close()
        raise
    if connection.subprotocol != SUBPROTOCOL:
        plain.close()
        raise WebSocketCutError("no bridge answers there")
    return WebSocketTransport(connection)
