"""The relay of one web process: holds the sessions of bridges, and passes frames between them and query clients.

A query client may be in any process of the server: it connects to the relay's Unix socket, names the slot, and sends
frames. Requests of long polling that reach another process travel over the same socket.
"""

import asyncio
import json
import logging
import secrets
from pathlib import Path

from graphkeep.bridge.protocol.frames import (
    Acknowledge,
    Ask,
    Cancel,
    Done,
    Frame,
    FrameError,
    decode_frame,
    encode_frame,
)
from graphkeep.bridge.protocol.polling_messages import pack_messages, unpack_messages
from graphkeep.bridge.server.connections import (
    BridgeConnection,
    ConnectionClosedError,
    PollingConnection,
)
from graphkeep.bridge.server.poll_requests import (
    PollRequest,
    PollResponse,
    forward_poll,
    read_message,
    write_message,
)
from graphkeep.bridge.server.relay_socket import short_path, socket_path
from graphkeep.bridge.server.session import ServerSession, SlotRegistry

logger = logging.getLogger(__name__)
MAX_BUFFERED = 64 << 20  # bytes for a client that does not read
IDLE_CHECK_S = 1.0
LINGER_S = 5.0


class SlotChannel:
    """A session of a slot, and who waits for answers in it."""

    def __init__(
        self, connection: BridgeConnection, registry: SlotRegistry, relay_name: str
    ) -> None:
        self.session = ServerSession(connection, registry, relay_name, self._route)
        self._clients: dict[str, asyncio.StreamWriter] = {}  # by query id

    def _route(self, frame: Frame) -> None:
        query_id = getattr(frame, "query_id", "")
        writer = self._clients.get(query_id)
        if writer is None or writer.is_closing():
            return  # the bridge holds the answer until a client asks again
        if writer.transport.get_write_buffer_size() > MAX_BUFFERED:
            writer.close()
            return
        write_message(writer, encode_frame(frame))

    async def forward(self, frame: Frame, writer: asyncio.StreamWriter) -> None:
        """Raises LinkClosedError, FrameError."""
        match frame:
            case Ask(query_id=query_id):
                self._clients[query_id] = writer
            case Done(query_id=query_id):
                self._clients.pop(query_id, None)
            case Cancel() | Acknowledge():
                pass
            case _:
                raise FrameError(f"A query client sends no '{frame.type}' frames.")
        await self.session.send(frame)

    def remove_client(self, writer: asyncio.StreamWriter) -> None:
        self._clients = {key: value for key, value in self._clients.items() if value is not writer}

    def disconnect_clients(self) -> None:
        """Close the clients' connections; they connect again, to the relay that holds the slot then."""
        for writer in set(self._clients.values()):
            writer.close()


class Relay:
    """`folder` has the sockets of all relays of the server."""

    def __init__(self, registry: SlotRegistry, folder: Path) -> None:
        self.registry, self.folder = registry, folder
        self.name = secrets.token_hex(8)
        self._channels: dict[str, SlotChannel] = {}
        self._polling_connections: dict[str, PollingConnection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Listen on the relay's socket, once."""
        async with self._starting:
            if self._server is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                self.folder.chmod(0o700)
                await remove_stale_sockets(self.folder)
                with short_path(self.folder, self.name) as path:
                    self._server = await asyncio.start_unix_server(self._serve_client, path)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            socket_path(self.folder, self.name).unlink(missing_ok=True)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def serve(self, connection: BridgeConnection) -> None:
        """Serve a bridge until its session ends."""
        await self.start()
        channel = SlotChannel(connection, self.registry, self.name)
        if not await channel.session.handshake():
            return
        slot = channel.session.slot
        self._channels[slot] = channel
        try:
            await channel.session.run()
        finally:
            if self._channels.get(slot) is channel:
                del self._channels[slot]
            channel.disconnect_clients()

    async def poll(self, request: "PollRequest") -> "PollResponse":
        """The response to a request of long polling, of a bridge that any relay of this server may hold."""
        await self.start()
        relay_name = request.connection_id.partition(".")[0]
        if request.connection_id and relay_name != self.name:
            return await forward_poll(self.folder, relay_name, request)
        connection = self._polling_connections.get(request.connection_id)
        if connection is None:
            if request.connection_id or request.direction != "send":
                return PollResponse(close_code=1006)
            connection = PollingConnection(self.name, request.address, request.host)
            self._polling_connections[connection.connection_id] = connection
            task = asyncio.create_task(self._serve_polling(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            messages = unpack_messages(request.body)
        except ValueError:
            connection.end(1002)
            messages = []
        if request.direction == "send":
            await connection.enqueue_received(messages)
            outgoing = []
        else:
            outgoing = await connection.wait_for_messages()
        return PollResponse(
            connection_id=connection.connection_id,
            # What was sent before the end is taken first.
            close_code=None if outgoing else connection.close_code,
            body=pack_messages(outgoing),
        )

    async def _serve_polling(self, connection: PollingConnection) -> None:
        watch = asyncio.create_task(self._end_when_idle(connection))
        try:
            await self.serve(connection)
            connection.end(1006)
            await asyncio.sleep(LINGER_S)  # the bridge may still fetch why
        finally:
            connection.end(1001)
            watch.cancel()
            self._polling_connections.pop(connection.connection_id, None)

    async def _end_when_idle(self, connection: PollingConnection) -> None:
        while connection.close_code is None:
            await asyncio.sleep(IDLE_CHECK_S)
            if connection.is_idle:
                connection.end(1006)

    async def _serve_client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection of the relay's socket: a query client, or long-polling requests of another process."""
        channel: SlotChannel | None = None
        try:
            first = json.loads(await read_message(reader))
            if "poll" in first:
                body = await read_message(reader)
                response = await self.poll(PollRequest(**first["poll"], body=body))
                write_message(writer, response.header())
                write_message(writer, response.body)
                return
            channel = self._channels.get(first["slot"])
            while channel is not None:
                await channel.forward(decode_frame(await read_message(reader)), writer)
        except (ConnectionClosedError, asyncio.IncompleteReadError, ConnectionError):
            pass
        except (FrameError, ValueError, TypeError, KeyError):
            logger.exception("a process of this server sent the relay an invalid message")
        finally:
            if channel is not None:
                channel.remove_client(writer)
            writer.close()


async def remove_stale_sockets(folder: Path) -> None:
    """Remove the sockets of relays whose process died."""
    for path in folder.glob("*.sock"):  # noqa: ASYNC240  # a few names, once
        try:
            with short_path(folder, path.stem) as short:
                _, writer = await asyncio.open_unix_connection(short)
            writer.close()
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError:
            continue
