"""The ASGI application of `/pivot/bridge`: WebSockets, and POST requests of long polling."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from graphkeep.bridge.protocol.frames import MAX_FRAME_BYTES
from graphkeep.bridge.protocol.handshake import SUBPROTOCOL
from graphkeep.bridge.protocol.polling_messages import (
    CLOSE_HEADER,
    CONNECTION_HEADER,
    CONTENT_TYPE,
    DIRECTION_HEADER,
)
from graphkeep.bridge.server.connections import ConnectionClosedError, MessageQueue
from graphkeep.bridge.server.poll_requests import MAX_MESSAGE, PollRequest
from graphkeep.bridge.server.relay import Relay

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
NO_BROWSERS = 4403


class WebSocketConnection:
    """A bridge at a WebSocket."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.address = (scope.get("client") or ("", 0))[0]
        self.host = header(scope, "host")
        self.incoming = MessageQueue()
        self._send = send

    async def send(self, message: bytes) -> None:
        if self.incoming.is_ended:
            raise ConnectionClosedError
        try:
            await self._send({"type": "websocket.send", "bytes": message})
        except (OSError, RuntimeError) as error:  # as servers report a closed socket
            raise ConnectionClosedError from error

    async def receive(self) -> bytes:
        return await self.incoming.get()

    async def close(self, code: int) -> None:
        if not self.incoming.is_ended:
            self.incoming.end()
            with contextlib.suppress(OSError, RuntimeError):
                await self._send({"type": "websocket.close", "code": code})


class BridgeEndpoint:
    """`relay` is called once the process serves, and returns its relay."""

    def __init__(self, relay: Callable[[], Relay]) -> None:
        self._relay = relay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._poll(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # the connect event
        if header(scope, "origin") or SUBPROTOCOL not in scope.get("subprotocols", []):
            await send({"type": "websocket.close", "code": NO_BROWSERS})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        connection = WebSocketConnection(scope, send)
        serving = asyncio.create_task(self._relay().serve(connection))
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    break
                await connection.incoming.put((message.get("bytes") or b"")[: MAX_FRAME_BYTES + 1])
        finally:
            connection.incoming.end()
            await serving

    async def _poll(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await respond(send, 405, [("allow", "POST")])
            return
        if header(scope, "origin") or header(scope, "content-type") != CONTENT_TYPE:
            await respond(send, 415)
            return
        body = bytearray()
        is_whole = False
        while not is_whole:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            is_whole = not message.get("more_body")
            if len(body) > MAX_MESSAGE:
                await respond(send, 413)
                return
        request = PollRequest(
            connection_id=header(scope, CONNECTION_HEADER),
            direction=header(scope, DIRECTION_HEADER),
            address=(scope.get("client") or ("", 0))[0],
            host=header(scope, "host"),
            body=bytes(body),
        )
        response = await self._relay().poll(request)
        headers = [("content-type", CONTENT_TYPE), (CONNECTION_HEADER, response.connection_id)]
        if response.close_code is not None:
            headers.append((CLOSE_HEADER, str(response.close_code)))
        await respond(send, 200, headers, response.body)


def header(scope: Scope, name: str) -> str:
    """The first header of this name; empty if there is none."""
    wanted = name.lower().encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), "")


async def respond(
    send: Send, status: int, headers: list[tuple[str, str]] | None = None, body: bytes = b""
) -> None:
    lines = [("cache-control", "no-store"), ("content-length", str(len(body))), *(headers or [])]
    encoded = [(name.lower().encode(), value.encode()) for name, value in lines]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
