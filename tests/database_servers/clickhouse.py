"""A server that speaks ClickHouse's HTTP interface, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.database_servers.sample_tables import statements
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class ClickHouseServer:
    host: str
    port: int

    def asked(self) -> list[str]:
        """What was asked so far, each after its query id."""
        return requests.get(f"http://{self.host}:{self.port}/asked", timeout=60).json()


@contextmanager
def running_clickhouse() -> Iterator[ClickHouseServer]:
    port = free_port()
    tables = [
        text + (" ENGINE = MergeTree ORDER BY tuple()" if text.startswith("CREATE") else "")
        for text in statements(net="net", hr="hr", timestamp="DateTime64(6, 'UTC')", doubles_backslashes=True)
    ]  # fmt: skip
    nullable = [
        text.replace("VARCHAR(20)", "Nullable(String)").replace(
            "DOUBLE PRECISION", "Nullable(Float64)"
        )
        for text in tables
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.database_servers.clickhouse_process", str(port)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(
            json.dumps(["CREATE DATABASE net", "CREATE DATABASE hr", *nullable, "USE net"]).encode()
        )
        process.stdin.close()
        assert process.stdout.readline() == b"ready\n"
        yield ClickHouseServer(host="127.0.0.1", port=port)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
