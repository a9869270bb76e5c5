"""A server and a browser for the benchmarks, and what they cost."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pandas as pd
import requests

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_WORDS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def community_graph(edge_count: int, seed: int = 1) -> pd.DataFrame:
    """Communities of about 100 nodes; nine edges of ten stay inside; mean degree 6."""
    rng = np.random.default_rng(seed)
    node_count = max(10, edge_count // 3)
    source = rng.integers(0, node_count, edge_count)
    near = (source // 100) * 100 + rng.integers(0, 100, edge_count)
    far = rng.integers(0, node_count, edge_count)
    inside = rng.random(edge_count) < 0.9
    destination = np.where(inside, np.minimum(near, node_count - 1), far)
    return pd.DataFrame({"src": source, "dst": destination})


class PeakMemory:
    """The largest sum of resident pages of a process and its descendants, sampled every 50 ms."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak_bytes = 0
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(0.05):
            self.peak_bytes = max(self.peak_bytes, sum(map(private_bytes, family(self.pid))))


def family(pid: int) -> list[int]:
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                todo.extend(map(int, (task / "children").read_text().split()))
        except OSError:
            continue
    return found


def private_bytes(pid: int) -> int:
    """Proportional set size: mapped files that two processes share count once."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0


class Running:
    def __init__(self, home: Path, port: int, pid: int, password: str) -> None:
        self.home, self.port, self.pid, self.password = home, port, pid, password
        self.url = f"http://127.0.0.1:{port}"

    def token(self) -> str:
        body = {"username": "alice", "password": self.password}
        return str(
            requests.post(f"{self.url}/api-token-auth/", json=body, timeout=30).json()["token"]
        )

    def state(self, dataset_id: str) -> dict:
        headers = {"Authorization": f"Bearer {self.token()}"}
        return requests.get(
            f"{self.url}/api/view/{dataset_id}/", headers=headers, timeout=60
        ).json()


@contextmanager
def running_server() -> Iterator[Running]:
    graphkeep = Path(sys.executable).parent / "graphkeep"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ,
            "GRAPHISTRY_HOME": folder,
            "NUMBA_CACHE_DIR": str(Path(__file__).parent.parent / ".cache/numba"),
        }
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(
                [graphkeep, "up", "--port", str(port)], env=env, stdout=log, stderr=log
            )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            password = secrets.token_urlsafe(16)
            subprocess.run(
                [graphkeep, "user", "create", "--username", "alice", "--email", "a@example.org",
                 "--role", "user", "--password-stdin"],
                input=password + "\n", text=True, env=env, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            yield Running(Path(folder), port, process.pid, password)
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(url: str) -> None:
    for _ in range(300):
        try:
            if requests.get(url, timeout=2).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise RuntimeError(f"{url} does not answer")
