"""The server's end of a connection of a bridge: messages of a WebSocket, or of the POST requests of long polling."""

import asyncio
import secrets
import time
from collections import deque
from typing import Protocol

from graphkeep.bridge.protocol.handshake import SLOT_TAKEN
from graphkeep.bridge.protocol.polling_messages import MAX_BODY_BYTES, WAIT_S
from graphkeep.graph.errors import GraphkeepError

MAX_QUEUED = 64  # messages that arrived and are not handled yet
IDLE_S = 9.0  # without a request, a long-polling bridge is gone


class ConnectionClosedError(GraphkeepError):
    """The bridge is gone."""


class BridgeConnection(Protocol):
    """`address`: of the client; `host`: to which it connected."""

    address: str
    host: str

    async def send(self, message: bytes) -> None:
        """Raises LinkClosedError."""

    async def receive(self) -> bytes:
        """Raises LinkClosedError."""

    async def close(self, code: int) -> None:
        """Ends the connection, with a code as of a WebSocket."""


class MessageQueue:
    """Messages that arrived, for `receive`; ends once `end` was called and all are taken."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(MAX_QUEUED)
        self.is_ended = False

    async def put(self, message: bytes) -> None:
        if not self.is_ended:
            await self._queue.put(message)

    def end(self) -> None:
        self.is_ended = True
        if self._queue.full():
            self._queue.get_nowait()  # nobody reads on
        self._queue.put_nowait(None)

    async def get(self) -> bytes:
        """Raises LinkClosedError."""
        message = await self._queue.get()
        if message is None:
            self._queue.put_nowait(None)
            raise ConnectionClosedError
        return message


class PollingConnection:
    """A bridge that polls. `connection_id` is the secret by which its requests name it."""

    def __init__(self, relay_name: str, address: str, host: str) -> None:
        self.connection_id = f"{relay_name}.{secrets.token_hex(16)}"
        self.address, self.host = address, host
        self.close_code: int | None = None
        self._incoming = MessageQueue()
        self._outgoing: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._used_at = time.monotonic()
        self._waiting = 0

    @property
    def is_idle(self) -> bool:
        """Whether no request has come for so long that the bridge counts as gone."""
        return not self._waiting and time.monotonic() - self._used_at > IDLE_S

    async def send(self, message: bytes) -> None:
        if self.close_code is not None:
            raise ConnectionClosedError
        self._outgoing.append(message)
        self._changed.set()

    async def receive(self) -> bytes:
        return await self._incoming.get()

    async def close(self, code: int) -> None:
        self.end(code)

    def end(self, code: int) -> None:
        if self.close_code is None:
            self.close_code = code
            self._incoming.end()
            self._changed.set()

    async def enqueue_received(self, messages: list[bytes]) -> None:
        """The messages of a request of the bridge."""
        self._used_at = time.monotonic()
        for message in messages:
            await self._incoming.put(message)

    async def wait_for_messages(self) -> list[bytes]:
        """Messages for a waiting request: those there are, or the first that come within WAIT_S."""
        self._waiting += 1
        try:
            if self._waiting > 1:
                self.end(SLOT_TAKEN)  # a second reader would break the order
            if not self._outgoing and self.close_code is None:
                self._changed.clear()
                try:
                    await asyncio.wait_for(self._changed.wait(), WAIT_S)
                except TimeoutError:
                    return []
            messages: list[bytes] = []
            size = 0
            while self._outgoing and size < MAX_BODY_BYTES:
                messages.append(self._outgoing.popleft())
                size += len(messages[-1])
            return messages
        finally:
            self._waiting -= 1
            self._used_at = time.monotonic()
