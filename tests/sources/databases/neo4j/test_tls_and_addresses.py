"""The Bolt driver is held to the connector's host: to its checked addresses, and in TLS to its name."""

import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from graphkeep.egress import gateway
from graphkeep.sources.databases.neo4j import KIND
from graphkeep.sources.databases.stages import ConnectorError
from tests.certificates import CertificateAuthority
from tests.ports import free_port
from tests.sources.databases.kinds import ask, check, context_of

NAME = "graph.example.test"


class TlsProxy:
    """Speaks TLS to clients, and passes what they say to a server that speaks none."""

    def __init__(self, server, certificate):
        self.server = server
        self.port = free_port()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with suppress(OSError):
            while True:
                plain, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        with (
            suppress(OSError),
            plain,
            self.context.wrap_socket(plain, server_side=True) as client,
            socket.create_connection((self.server.host, self.server.port)) as upstream,
        ):
            back = threading.Thread(target=pump, args=(upstream, client), daemon=True)
            back.start()
            pump(client, upstream)
            back.join()


def pump(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def authority():
    return CertificateAuthority()


@pytest.fixture
def proxy(request, arcadedb_server, authority, tmp_path):
    proxy = TlsProxy(arcadedb_server, authority.issue(tmp_path, getattr(request, "param", NAME)))
    yield proxy
    proxy.listener.close()


@pytest.fixture
def asked_names(monkeypatch):
    """The names that are looked up; each resolves to this machine."""
    names = []
    lookup = socket.getaddrinfo

    def resolve(host, *arguments, **options):
        names.append(host)
        return lookup("127.0.0.1" if host == NAME else host, *arguments, **options)

    monkeypatch.setattr(gateway.socket, "getaddrinfo", resolve)
    return names


def connector(server, port, authority, **more):
    settings = {
        "host": NAME, "port": port, "database": server.database, "user": server.user,
        "ca_certificates": authority.pem,
    }  # fmt: skip
    return context_of(KIND, settings, {"password": server.password}, named=[NAME], **more)


def test_tls_is_checked_for_the_name_and_the_connection_goes_to_the_checked_address(
    arcadedb_server, proxy, authority, asked_names
):
    context = connector(arcadedb_server, proxy.port, authority)
    rows = ask(KIND, "cypher", "RETURN 1 AS x", context).to_pylist()

    assert rows == [{"x": 1}]
    assert asked_names.count(NAME) == 1
    assert set(asked_names) == {NAME, "127.0.0.1"}  # the address is read as one, and not looked up


@pytest.mark.parametrize("proxy", ["other.example.test", "127.0.0.1"], indirect=True)
def test_a_certificate_of_another_name_is_refused(arcadedb_server, proxy, authority, asked_names):
    context = connector(arcadedb_server, proxy.port, authority)
    with pytest.raises(ConnectorError) as failed:
        ask(KIND, "cypher", "RETURN 1 AS x", context)

    assert failed.value.stage == "tls"
    assert "not accepted" in failed.value.message


def test_a_certificate_of_an_unknown_authority_is_refused(arcadedb_server, proxy, asked_names):
    context = connector(arcadedb_server, proxy.port, CertificateAuthority())
    with pytest.raises(ConnectorError) as failed:
        ask(KIND, "cypher", "RETURN 1 AS x", context)

    assert failed.value.stage == "tls"


SLOW = "UNWIND range(1, 9000) AS a UNWIND range(1, 9000) AS b WITH a, b WHERE a % 100 = 9 RETURN a"


def test_cancel_ends_a_query_over_tls(arcadedb_server, proxy, authority, asked_names):
    context = connector(arcadedb_server, proxy.port, authority)
    session = KIND.open(context)
    threading.Timer(0.5, session.cancel).start()
    started = time.monotonic()
    with pytest.raises(ConnectorError, match="canceled"):
        list(session.run(check(KIND, "cypher", SLOW, context)))
    session.close()

    assert time.monotonic() - started < 1.5


def test_a_name_that_changes_its_address_is_checked_again_at_each_connection(
    arcadedb_server, proxy, authority, monkeypatch
):
    answers = ["169.254.169.254", "127.0.0.1"] * 100
    lookup = socket.getaddrinfo
    connected = []
    connect = socket.socket.connect

    def resolve(host, *arguments, **options):
        return lookup(answers.pop() if host == NAME else host, *arguments, **options)

    def note(self, address):
        connected.append(address[0])
        return connect(self, address)

    monkeypatch.setattr(gateway.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", note)
    outcomes = []
    for _ in range(40):
        try:
            ask(KIND, "cypher", "RETURN 1 AS x", connector(arcadedb_server, proxy.port, authority))
            outcomes.append("rows")
        except ConnectorError as error:
            outcomes.append(error.stage)

    assert set(outcomes) == {"rows", "policy"}
    assert "169.254.169.254" not in connected


HOOKED = """
import sys
from graphkeep.egress import audit_hook
audit_hook.is_local = lambda host: False
audit_hook.install_audit_hook()
from tests.sources.databases.kinds import ask, context_of
from graphkeep.sources.databases.neo4j import KIND
port, database, user, password = sys.argv[1:]
settings = {"host": "127.0.0.1", "port": int(port), "database": database, "user": user, "tls": False}
print(ask(KIND, "cypher", "RETURN 1 AS x", context_of(KIND, settings, {"password": password})).to_pylist())
from neo4j import GraphDatabase
try:
    with GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=(user, password)) as driver:
        driver.verify_connectivity()
except Exception as error:
    print(type(error).__name__, "past the gateway" in str(error))
"""


def test_only_the_connector_connects_where_the_audit_hook_guards_the_process(arcadedb_server):
    server = arcadedb_server
    done = subprocess.run(
        [sys.executable, "-c", HOOKED, str(server.port), server.database, server.user, server.password],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.stdout.splitlines() == ["[{'x': 1}]", "EgressForbiddenError True"], done.stderr
