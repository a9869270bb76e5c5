"""A real server that speaks the REST API of OpenSearch 3: osmem-server, which keeps its indexes in memory."""

import importlib.util
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ports import free_port
from tests.waiting import wait_until

START_S = 60


@dataclass(frozen=True)
class OpenSearchServer:
    host: str
    port: int

    def send(self, method: str, path: str, content: Any = None) -> Any:
        body = content if isinstance(content, bytes | None) else json.dumps(content).encode()
        request = urllib.request.Request(
            f"http://{self.host}:{self.port}{path}", body, {"Content-Type": "application/json"}, method=method
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def fill(self, index: str, documents: dict[str, dict[str, Any]]) -> None:
        lines = []
        for document_id, document in documents.items():
            lines += [{"index": {"_index": index, "_id": document_id}}, document]
        self.send("POST", "/_bulk", "".join(json.dumps(line) + "\n" for line in lines).encode())
        self.send("POST", f"/{index}/_refresh", b"")


@contextmanager
def running_opensearch() -> Iterator[OpenSearchServer]:
    server = OpenSearchServer("127.0.0.1", free_port())
    spec = importlib.util.find_spec("osmem_server")
    assert spec is not None
    assert spec.origin is not None
    binary = Path(spec.origin).parent / "bin/osmem-server"
    process = subprocess.Popen(
        [str(binary), "-no-stdin-watch", "-addr", f"{server.host}:{server.port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: is_ready(server), lambda: "osmem-server", deadline_s=START_S)
        yield server
    finally:
        process.kill()
        process.wait(30)


def is_ready(server: OpenSearchServer) -> bool:
    try:
        return bool(server.send("GET", "/")["version"])
    except OSError:
        return False
