"""How messages travel between a bridge and its server: by WebSocket, or by long polling where WebSockets are cut."""

from typing import Protocol

from graphkeep.graph.errors import GraphkeepError


class TransportClosedError(GraphkeepError):
    """The connection has ended; `code` as a WebSocket's, 1006 if it broke."""

    def __init__(self, code: int = 1006) -> None:
        super().__init__(f"The connection to the server ended ({code}).")
        self.code = code


class Transport(Protocol):
    """Whole messages, in order, both ways. Threads may send and receive at the same time."""

    def send(self, message: bytes) -> None:
        """Raises TransportClosedError."""

    def receive(self, timeout_s: float) -> bytes | None:
        """The next message; None after `timeout_s`. Raises TransportClosedError."""

    def close(self) -> None:
        """End the connection at once, also under a thread that sends or receives; never raises."""
