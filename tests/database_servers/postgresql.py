"""A PostgreSQL server on loopback, with TLS and passwords; `net` may be asked for, `hr` holds what could leak."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from graphkeep.server.cli.checkout.tools import find_tool
from tests.certificates import CertificateAuthority
from tests.database_servers.sample_tables import statements
from tests.ports import free_port

OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 "
    "-c shared_buffers=32MB -c ssl=on"
)


@dataclass(frozen=True, kw_only=True)
class PostgreSqlServer:
    host: str
    port: int
    folder: Path
    authority: str
    database: str = "net"

    def run(self, text: str, database: str | None = None) -> None:
        """Statements of the superuser, over the socket in the server's own folder."""
        with self.superuser(database) as connection:
            connection.execute(text)

    def ask(self, text: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.superuser() as connection:
            return connection.execute(text, parameters or None).fetchall()

    def superuser(self, database: str | None = None) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres",
            dbname=database or self.database, autocommit=True,
        )  # fmt: skip


@contextmanager
def running_postgresql(
    *, prefix: tuple[str, ...] = (), host: str = "127.0.0.1", options: str = ""
) -> Iterator[PostgreSqlServer]:
    """`prefix`: of the command that starts it, such as `ip netns exec NAME`; `options`: more of the server."""
    initdb = Path(find_tool("initdb") or "initdb")
    folder = Path(tempfile.mkdtemp(prefix="graphkeep-postgresql-"))
    data, port = folder / "data", free_port()
    authority = CertificateAuthority()
    certificate = authority.issue(folder, host, "localhost", "source.example", "elsewhere.example")
    certificate.chmod(0o600)
    as_user: list[str] = []
    if os.geteuid() == 0:
        for path in (folder, certificate):
            shutil.chown(path, "postgres", "postgres")
        runuser = shutil.which("runuser", path=f"/usr/sbin:{os.environ['PATH']}") or "runuser"
        as_user = [runuser, "-u", "postgres", "--"]
    pg_ctl = [*prefix, *as_user, str(initdb.with_name("pg_ctl")), "-D", str(data), "-w", "-s"]
    all_options = (
        f"{OPTIONS} {options} -c listen_addresses={host} -c port={port} -c unix_socket_directories={folder} "
        f"-c ssl_cert_file={certificate} -c ssl_key_file={certificate}"
    )
    init = [*as_user, str(initdb), "-D", str(data), "-U", "postgres", "--auth-local=trust"]
    run_quietly([*init, "--auth-host=scram-sha-256", "--no-sync", "-E", "UTF8", "--locale=C"])
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("hostssl net graphkeep_reader samenet scram-sha-256\n")
    run_quietly([*pg_ctl, "-l", str(folder / "log"), "-o", all_options, "start"])
    server = PostgreSqlServer(host=host, port=port, folder=folder, authority=authority.pem)
    try:
        server.run(f"CREATE DATABASE {server.database}", database="postgres")
        server.run("CREATE SCHEMA hr")
        for statement in statements(net="public", hr="hr"):
            server.run(statement)
        yield server
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=False, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


def run_quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
