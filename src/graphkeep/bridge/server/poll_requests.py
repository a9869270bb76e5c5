"""Requests of long polling, and their way to the relay that holds the connection."""

import asyncio
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from graphkeep.bridge.protocol.frames import LENGTH, MAX_FRAME_BYTES
from graphkeep.bridge.protocol.polling_messages import MAX_BODY_BYTES
from graphkeep.bridge.server.relay_socket import short_path

MAX_MESSAGE = MAX_FRAME_BYTES + MAX_BODY_BYTES
RELAY_NAME = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class PollRequest:
    """`direction`: `send` brings messages, `receive` waits for some. The first request has no `connection_id`."""

    connection_id: str
    direction: str
    address: str
    host: str
    body: bytes = field(repr=False)

    def header(self) -> bytes:
        values = {
            "connection_id": self.connection_id,
            "direction": self.direction,
            "address": self.address,
            "host": self.host,
        }
        return json.dumps({"poll": values}).encode()


@dataclass(frozen=True, kw_only=True)
class PollResponse:
    connection_id: str = ""
    close_code: int | None = None
    body: bytes = field(default=b"", repr=False)

    def header(self) -> bytes:
        return json.dumps(
            {"connection_id": self.connection_id, "close_code": self.close_code}
        ).encode()


async def forward_poll(folder: Path, relay_name: str, request: PollRequest) -> PollResponse:
    """The response of another relay of this server; 1006 if it is gone."""
    if not RELAY_NAME.fullmatch(relay_name):
        return PollResponse(close_code=1006)
    try:
        with short_path(folder, relay_name) as path:
            reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return PollResponse(close_code=1006)
    try:
        write_message(writer, request.header())
        write_message(writer, request.body)
        header = json.loads(await read_message(reader))
        return PollResponse(**header, body=await read_message(reader))
    except (asyncio.IncompleteReadError, ConnectionError):
        return PollResponse(close_code=1006)
    finally:
        writer.close()


def write_message(writer: asyncio.StreamWriter, message: bytes) -> None:
    writer.write(LENGTH.pack(len(message)) + message)


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """Raises IncompleteReadError at the end, ValueError for a message that is too long."""
    (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
    if length > MAX_MESSAGE:
        raise ValueError("a message is too long")
    return await reader.readexactly(length)
