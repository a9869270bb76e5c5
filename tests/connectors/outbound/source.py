"""Runs in a network namespace: a real server of each kind of connector, reached at two addresses of the namespace.

Writes `{kind: {settings, secrets, language, query}}` to the file that is named first; the addresses and kinds follow.
"""

import json
import socket
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from tests.contracts.connector_cases import CASES, ConnectorCase
from tests.database_servers.arcadedb import running_arcadedb
from tests.database_servers.clickhouse import running_clickhouse
from tests.database_servers.mariadb import running_mariadb
from tests.database_servers.opensearch import running_opensearch
from tests.database_servers.postgresql import running_postgresql
from tests.database_servers.taxii import running_taxii
from tests.doubles import virustotal
from tests.doubles.databricks import running_databricks
from tests.doubles.search_security import SignedIn
from tests.doubles.splunk import SplunkDouble
from tests.sources.databases.http.json_service import Reply, json_service

NAME = "source.example"
HTTP = ConnectorCase(
    kind="http", server="http_service", language="request", table="x",
    rows='{"path": "/x", "records": "rows"}', many="", refused="x", settings=lambda server: server.settings,
)  # fmt: skip


def splunk(_):
    return SplunkDouble({"net": [{"n": str(n)} for n in range(10)]})


@contextmanager
def opensearch_with_sign_in():
    with running_opensearch() as server, json_service(SignedIn(server).answer) as service:
        yield replace(SignedIn(server), port=service.server_port)


SERVERS = {
    "postgresql_server": lambda _: running_postgresql(),
    "mariadb_server": lambda _: running_mariadb(),
    "arcadedb_server": running_arcadedb,
    "opensearch_with_sign_in": lambda _: opensearch_with_sign_in(),
    "taxii_server": lambda _: running_taxii(name=NAME),
    "virustotal_double": lambda _: json_service(virustotal.answer),
    "clickhouse_server": lambda _: running_clickhouse(),
    "databricks_double": running_databricks,
    "http_service": lambda _: json_service(lambda request: Reply(content={"rows": [{"n": 42}]})),
}


def relay(address: str, port: int) -> None:
    """Accept at an address of the namespace for a server that listens on its loopback."""
    listener = socket.create_server((address, port))

    def accept():
        while True:
            outer, _ = listener.accept()
            inner = socket.create_connection(("127.0.0.1", port))
            for pair in ((outer, inner), (inner, outer)):
                threading.Thread(target=copy, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def start(case: ConnectorCase, folder: Path, stack: ExitStack) -> dict[str, object]:
    own = folder / case.kind
    own.mkdir()
    if case.server == "splunk_double":
        server = splunk(own)
        stack.callback(server.close)
    else:
        server = stack.enter_context(SERVERS[case.server](own))
    secrets = dict(case.secrets(server))
    settings = {**case.settings(server), "host": NAME}
    return {
        "settings": settings, "secrets": secrets, "language": case.language, "query": case.rows,
    }  # fmt: skip


if __name__ == "__main__":
    written, addresses, wanted = Path(sys.argv[1]), sys.argv[2].split(","), sys.argv[3].split(",")
    with ExitStack() as stack:
        cases = {
            case.kind: start(case, written.parent, stack)
            for case in (*CASES, HTTP)
            if case.kind in wanted
        }
        for case in cases.values():
            for address in addresses:
                relay(address, case["settings"]["port"])
        part = written.with_suffix(".part")
        part.write_text(json.dumps(cases))
        part.rename(written)
        threading.Event().wait()
