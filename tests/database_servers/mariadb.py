"""A MariaDB server on loopback, with TLS; `net` may be asked for, `hr` holds what could leak."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

from graphkeep.server.cli.checkout.tools import find_tool
from tests.certificates import CertificateAuthority
from tests.database_servers.sample_tables import statements
from tests.ports import free_port
from tests.waiting import wait_until

OPTIONS = (
    "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=16M",
    "--performance-schema=OFF", "--max-connections=60", "--skip-log-bin", "--bind-address=127.0.0.1",
    "--character-set-server=utf8mb4", "--default-time-zone=+00:00",
)  # fmt: skip
READY = "ready for connections"


@dataclass(frozen=True, kw_only=True)
class MariaDbServer:
    host: str
    port: int
    folder: Path
    authority: str
    database: str = "net"

    def run(self, *statements: str) -> None:
        with self.superuser() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def ask(self, text: str) -> list[tuple[Any, ...]]:
        with self.superuser() as connection, connection.cursor() as cursor:
            cursor.execute(text)
            return list(cursor.fetchall())

    def superuser(self) -> pymysql.connections.Connection:
        return pymysql.connect(
            unix_socket=str(self.folder / "socket"), user="root", charset="utf8mb4", autocommit=True
        )


@contextmanager
def running_mariadb() -> Iterator[MariaDbServer]:
    folder = Path(tempfile.mkdtemp(prefix="graphkeep-mariadb-"))
    data, port = folder / "data", free_port()
    authority = CertificateAuthority()
    certificate = authority.issue(
        folder, "127.0.0.1", "localhost", "source.example", "elsewhere.example"
    )
    certificate.chmod(0o600)
    user = ["--user=root"] if os.geteuid() == 0 else []
    install = shutil.which("mariadb-install-db") or "mariadb-install-db"
    subprocess.run(
        [install, "--no-defaults", f"--datadir={data}", "--skip-test-db", *user,
         "--auth-root-authentication-method=normal", "--innodb-log-file-size=16M"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    log = folder / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [find_tool("mariadbd") or "mariadbd", "--no-defaults", *user, f"--datadir={data}",
             f"--socket={folder / 'socket'}", f"--port={port}", f"--pid-file={folder / 'pid'}",
             f"--ssl-cert={certificate}", f"--ssl-key={certificate}", *OPTIONS],
            stdout=sink, stderr=subprocess.STDOUT,
        )  # fmt: skip
    server = MariaDbServer(host="127.0.0.1", port=port, folder=folder, authority=authority.pem)
    try:
        wait_until(lambda: process.poll() is not None or READY in log.read_text(), log.read_text)
        assert process.poll() is None, log.read_text()
        server.run(
            f"CREATE DATABASE {server.database}",
            "CREATE DATABASE hr",
            *statements(net="net", hr="hr", timestamp="DATETIME", doubles_backslashes=True),
        )
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
