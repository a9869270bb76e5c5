"""A real server that speaks Bolt and Cypher: ArcadeDB, from the package `arcadedb-embedded` with its own Java."""

import importlib.util
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.ports import free_port
from tests.waiting import wait_until

DATABASE = "graphs"
USER = "root"
PASSWORD = "arcadedb-canary-password"  # a canary, too: it must appear in no answer and no log
START_S = 120


@dataclass(frozen=True)
class ArcadeServer:
    host: str
    port: int
    database: str = DATABASE
    user: str = USER
    password: str = PASSWORD
    process_id: int = 0

    def cpu_ticks(self) -> int:
        """The processor time that the server has used, in hundredths of a second."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def execute(self, *statements: str, **parameters: object) -> list[list]:
        """The rows of the last statement, run by the bare driver."""
        from neo4j import GraphDatabase

        rows: list[list] = []
        uri = f"bolt://{self.host}:{self.port}"
        with (
            GraphDatabase.driver(uri, auth=(self.user, self.password)) as driver,
            driver.session(database=self.database) as session,
        ):
            for statement in statements:
                rows = [record.values() for record in session.run(statement, parameters)]
        return rows


@contextmanager
def running_arcadedb(folder: Path) -> Iterator[ArcadeServer]:
    server = ArcadeServer("127.0.0.1", free_port())
    with (folder / "output.txt").open("w") as output:
        process = subprocess.Popen(
            command(folder, server), cwd=folder, stdout=output, stderr=output
        )
    try:
        wait_until(
            lambda: is_ready(server), lambda: (folder / "output.txt").read_text()[-3000:],
            deadline_s=START_S,
        )  # fmt: skip
        yield replace(server, process_id=process.pid)
    finally:
        process.kill()
        process.wait(30)


def command(folder: Path, server: ArcadeServer) -> list[str]:
    spec = importlib.util.find_spec("arcadedb_embedded")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    options = {
        "arcadedb.server.rootPassword": server.password,
        "arcadedb.server.defaultDatabases": f"{server.database}[{server.user}]",
        "arcadedb.server.rootPath": folder,
        "arcadedb.server.databaseDirectory": folder / "databases",
        "arcadedb.server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "arcadedb.server.httpIncomingHost": "127.0.0.1",
        "arcadedb.server.httpIncomingPort": free_port(),
        "arcadedb.bolt.host": server.host,
        "arcadedb.bolt.port": server.port,
    }
    return [
        str(package / "jre/bin/java"), "-Xmx600m", "--add-modules", "jdk.incubator.vector",
        "-cp", f"{package}/jars/*", *(f"-D{name}={value}" for name, value in options.items()),
        "com.arcadedb.server.ArcadeDBServer",
    ]  # fmt: skip


def is_ready(server: ArcadeServer) -> bool:
    """Whether the database answers: it is made after the port is open."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        return server.execute("RETURN 1 AS one") == [[1]]
    except (DriverError, Neo4jError, OSError):
        return False
