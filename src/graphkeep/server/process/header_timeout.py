"""How long the server waits for the head of a request: who sends it drop by drop is let go."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 10.0


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection whose request's head is not whole in time; a body has its own measure."""

    waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.wait()

    def on_headers_complete(self) -> None:
        self.stop_waiting()
        super().on_headers_complete()

    def wait(self) -> None:
        self.stop_waiting()
        self.waiting = self.loop.call_later(HEAD_S, self.let_go)

    def stop_waiting(self) -> None:
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None

    def let_go(self) -> None:
        self.transport.close()
