"""Timeout for request headers, against slow-header (Slowloris) attacks."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_TIMEOUT_S = 10.0


class HeaderTimeoutProtocol(HttpToolsProtocol):
    """Closes a connection whose request headers are incomplete after HEADER_TIMEOUT_S; bodies have another limit."""

    waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self.cancel_timer()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.wait()

    def on_headers_complete(self) -> None:
        self.cancel_timer()
        super().on_headers_complete()

    def wait(self) -> None:
        self.cancel_timer()
        self.waiting = self.loop.call_later(HEADER_TIMEOUT_S, self.close_connection)

    def cancel_timer(self) -> None:
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None

    def close_connection(self) -> None:
        self.transport.close()
