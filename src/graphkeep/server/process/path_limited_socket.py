"""WebSockets whose message size depends on the path: bridges send rows, pages send small commands only."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from graphkeep.bridge.protocol.frames import MAX_FRAME_BYTES
from graphkeep.bridge.protocol.sealing import OVERHEAD_BYTES

BRIDGE_PATH = "/pivot/bridge"


class PathLimitedSocket(WebSocketsSansIOProtocol):
    """`ws_max_size` holds for all paths but that of bridges."""

    def handle_connect(self, event: Any) -> None:
        if event.path.partition("?")[0].rstrip("/").endswith(BRIDGE_PATH):
            self.conn.max_message_size = MAX_FRAME_BYTES + OVERHEAD_BYTES
            self.conn.max_fragment_size = None
        super().handle_connect(event)
