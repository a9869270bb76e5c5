"""Metrics endpoint for Prometheus: on its own port, with a bearer token.

It runs in the supervisor, which does not load Django, and sums the metric files of the server's processes.
"""

import hmac
import logging
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from graphkeep.server.config.addresses import listen_address
from graphkeep.server.config.env import Environment
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.config.secrets import make_django_key, weakness
from graphkeep.telemetry.metrics import exposition, remove_own_files

logger = logging.getLogger(__name__)
TIMEOUT_S = 10
MAX_CONNECTIONS = 8


class MetricsServer:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "data/tmp/figures"
        self.server: ThreadingHTTPServer | None = None
        self.address: tuple[str, int] | None = None
        self.token = ""

    def renew(self) -> None:
        """Apply the current configuration: open, move or close the listener.

        Raises:
            ConfigurationError: the token is missing or weak, or the address is invalid or in use.
        """
        env = Environment(self.home, os.environ)
        try:
            address = listen_address(env.text_of("GRAPHKEEP_METRICS_LISTEN"))
        except ValueError as error:
            raise ConfigurationError(f"GRAPHKEEP_METRICS_LISTEN: {error}") from error
        token = env.text_of("GRAPHKEEP_METRICS_TOKEN")
        if address is not None:
            refuse_weak(token)
        self.token = token
        if address == self.address:
            return
        self.close()
        if address is not None:
            self.open(address)

    def open(self, address: tuple[str, int]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_own_files(self.folder)
        try:
            self.server = _Server(address, self)
        except OSError as error:
            raise ConfigurationError(
                f"Cannot listen on {address[0]}:{address[1]} (GRAPHKEEP_METRICS_LISTEN): "
                f"{error.strerror or error}"
            ) from error
        self.address = address
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        logger.info("metrics are served at %s:%d", *address)

    def close(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
        self.server = self.address = None

    def knows(self, shown: str) -> bool:
        expected = f"Bearer {self.token}".encode()
        return hmac.compare_digest(shown.encode("utf-8", "replace"), expected)


def refuse_weak(token: str) -> None:
    reason = "is missing" if not token else weakness(token)
    if reason:
        raise ConfigurationError(
            f"GRAPHKEEP_METRICS_LISTEN is set, and GRAPHKEEP_METRICS_TOKEN {reason}. Use this line:\n"
            f"  GRAPHKEEP_METRICS_TOKEN='{make_django_key()}'"
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], door: MetricsServer) -> None:
        self.door = door
        self.room = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(address, _Answer)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self.room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.debug("a client disconnected before the metrics were sent")


class _Answer(BaseHTTPRequestHandler):
    server: _Server
    timeout = TIMEOUT_S
    server_version = "metrics"
    sys_version = ""

    def do_GET(self) -> None:
        metrics_server = self.server.door
        if not metrics_server.token or not metrics_server.knows(
            self.headers.get("Authorization", "")
        ):
            logger.warning("a metrics request without the token was refused")
            self.send_answer(401, b"A bearer token is needed.\n", [("WWW-Authenticate", "Bearer")])
        elif self.path != "/metrics":
            self.send_answer(404, b"The figures are at /metrics.\n", [])
        else:
            self.send_answer(200, exposition(metrics_server.folder), [])

    def send_answer(self, status: int, body: bytes, more: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in more:
            self.send_header(name, value)
        content_type = "text/plain; version=0.0.4; charset=utf-8"
        for name, value in (("Content-Type", content_type), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log no requests; do_GET logs those without the token."""
