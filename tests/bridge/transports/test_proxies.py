"""The bridge dials through an HTTP proxy: real tinyproxy and squid, with and without a sign-in."""

import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from graphkeep.bridge.protocol.handshake import new_keys
from graphkeep.bridge.transports.dialer import Dialer, ProxyRefusedError
from graphkeep.egress.gateway import Gateway
from tests.bridge.counting_source import CountingSource
from tests.bridge.in_process import (
    SLOT,
    InProcessAgent,
    InProcessServer,
    MemoryRegistry,
    ask_of,
    numbers,
    query_client_of,
    slot_config,
)
from tests.ports import free_port
from tests.waiting import wait_until

PATH = f"{os.environ['PATH']}:/usr/sbin"
SIGN_IN = ("bridge", "canary-of-the-proxy")
TINYPROXY = """
Port {port}
Listen 127.0.0.1
LogFile "{folder}/proxy.log"
LogLevel Connect
Allow 127.0.0.1
ConnectPort {target}
"""
SQUID = """
http_port 127.0.0.1:{port}
pid_filename none
shutdown_lifetime 0 seconds
cache deny all
cache_log {folder}/cache.log
access_log stdio:{folder}/proxy.log
coredump_dir {folder}
acl target port {target}
http_access deny !target
"""
SQUID_SIGN_IN = """
auth_param basic program /usr/lib/squid/basic_ncsa_auth {folder}/passwords
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
"""


def has(name):
    return shutil.which(name, path=PATH) is not None


def tinyproxy(folder, port, target, sign_in):
    text = TINYPROXY.format(port=port, folder=folder, target=target)
    if sign_in:
        text += "BasicAuth {} {}\n".format(*sign_in)
    (folder / "tinyproxy.conf").write_text(text)
    return ["tinyproxy", "-d", "-c", str(folder / "tinyproxy.conf")]


def squid(folder, port, target, sign_in):
    text = SQUID.format(port=port, folder=folder, target=target)
    if sign_in:
        name, password = sign_in
        hashed = subprocess.run(
            ["openssl", "passwd", "-apr1", password], capture_output=True, text=True, check=True
        ).stdout
        (folder / "passwords").write_text(f"{name}:{hashed}")
        text += SQUID_SIGN_IN.format(folder=folder)
    else:
        text += "http_access allow all\n"
    (folder / "squid.conf").write_text(text)
    if os.geteuid() == 0:  # squid gives up its rights
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "proxy", "proxy")
        folder.chmod(0o755)
        for parent in folder.parents[:3]:
            parent.chmod(parent.stat().st_mode | 0o011)
    return ["squid", "-N", "-f", str(folder / "squid.conf")]


PROXIES = [
    pytest.param(
        make,
        id=make.__name__,
        marks=pytest.mark.skipif(not has(make.__name__), reason=f"needs {make.__name__}"),
    )
    for make in (tinyproxy, squid)
]


@contextmanager
def running(make, folder, target, sign_in=None):
    """The port of a proxy that connects to the port `target` only."""
    folder.mkdir()
    port = free_port()
    command = make(folder, port, target, sign_in)
    command[0] = shutil.which(command[0], path=PATH) or command[0]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_until(lambda: can_connect(port), (folder / "output").read_text)
        yield port
    finally:
        process.terminate()
        process.wait(40)


def can_connect(port):
    dialer = Dialer(Gateway(lambda: False), f"http://127.0.0.1:{port}")
    try:
        dialer.connect_plain().close()
    except OSError:
        return False
    return True


@pytest.fixture
def source():
    started = CountingSource()
    yield started
    started.close()


@pytest.fixture
def keys():
    return new_keys()


@pytest.fixture
def server(tmp_path, keys):
    started = InProcessServer(tmp_path / "relays", MemoryRegistry(**{SLOT: keys}))
    yield started
    started.stop()


@pytest.mark.parametrize("make", PROXIES)
@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("sign_in", [None, SIGN_IN], ids=["open", "sign-in"])
def test_sh64_a_bridge_answers_through_a_proxy(
    server, source, keys, tmp_path, make, transport, sign_in
):
    with running(make, tmp_path / "proxy", server.port, sign_in) as port:
        credentials = "{}:{}@".format(*sign_in) if sign_in else ""
        agent = InProcessAgent(
            f"http://127.0.0.1:{server.port}", tmp_path / "state", slot_config(keys, port=source.port),
            transport=transport, proxy=f"http://{credentials}127.0.0.1:{port}",
        )  # fmt: skip
        try:
            client = query_client_of(server, ask_of("numbers 5000 0"), connect_timeout_s=30)
            assert numbers(client.batches()) == list(range(5000))
        finally:
            agent.stop()
    log = (tmp_path / "proxy/proxy.log").read_text()
    assert f"127.0.0.1:{server.port}" in log
    assert "numbers" not in log


@pytest.mark.parametrize("make", PROXIES)
@pytest.mark.parametrize(
    "credentials",
    ["", "bridge:wrong@", "mallory:canary-of-the-proxy@"],
    ids=["none", "wrong", "other"],
)
def test_a_proxy_that_wants_another_sign_in_is_named_without_the_password(
    server, tmp_path, make, credentials
):
    with running(make, tmp_path / "proxy", server.port, SIGN_IN) as port:
        dialer = Dialer(
            Gateway(lambda: False),
            f"http://127.0.0.1:{server.port}",
            f"http://{credentials}127.0.0.1:{port}",
        )

        with pytest.raises(ProxyRefusedError) as refused:
            dialer.connect_plain()

    text = f"The proxy refuses the connection to 127.0.0.1:{server.port}: 40"
    assert str(refused.value)[: len(text)] == text
    assert "canary" not in f"{refused.value} {dialer!r}"


@pytest.mark.parametrize("make", PROXIES)
def test_a_proxy_that_forbids_the_server_is_named(server, tmp_path, make):
    other = free_port()
    with running(make, tmp_path / "proxy", other) as port:
        dialer = Dialer(
            Gateway(lambda: False),
            f"http://127.0.0.1:{server.port}",
            f"http://127.0.0.1:{port}",
        )

        with pytest.raises(ProxyRefusedError, match=f"127.0.0.1:{server.port}: 403"):
            dialer.connect_plain()
