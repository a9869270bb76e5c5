"""A real HTTP server that answers JSON by the path, for tests of connectors."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int = 200
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Reply | None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Request(
            method=self.command,
            path=address.path,
            query=parse_qs(address.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=json.loads(body) if body else None,
        )
        self.server.requests.append(request)
        reply = self.server.answer(request) or Reply(status=404, content={"error": "not found"})
        text = (
            reply.content
            if isinstance(reply.content, bytes)
            else json.dumps(reply.content).encode()
        )
        self.send_response(reply.status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(text)),
            **reply.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError):  # of a client that was canceled
            self.wfile.write(text)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


class Service(ThreadingHTTPServer):
    """`requests` are those that came."""

    daemon_threads = True

    def __init__(self, answer: Answer, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Handler)
        self.answer = answer
        self.requests: list[Request] = []

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    @property
    def settings(self) -> dict[str, Any]:
        """Of a connector that asks it."""
        return {"host": "127.0.0.1", "port": self.server_port, "tls": False}


@contextmanager
def json_service(answer: Answer) -> Iterator[Service]:
    with Service(answer) as service:
        threading.Thread(target=service.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield service
        finally:
            service.shutdown()
