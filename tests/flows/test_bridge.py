"""A data bridge and a real server: paired by the command line, asked from another process, revoked by either side."""

import time
from pathlib import Path

import pytest
import requests

from graphkeep.bridge.protocol.polling_messages import CONTENT_TYPE
from graphkeep.sources.databases.stages import ConnectorError
from tests.bridge.counting_source import CountingSource
from tests.bridge.in_process import ask_of, numbers
from tests.bridge.processes import AgentProcess, BridgedServer
from tests.sources.databases.pages.recipes import recipe
from tests.waiting import wait_until

pytestmark = pytest.mark.flow
PLUGIN = """[graphkeep.connectors]
counting = tests.bridge.counting_source:COUNTING
"""


@pytest.fixture
def source():
    started = CountingSource()
    yield started
    started.close()


@pytest.fixture
def bridged(server):
    return BridgedServer(server)


@pytest.fixture
def plugins(tmp_path):
    """An installed package that declares the counting kind."""
    info = tmp_path / "plugins/counting_kind-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: counting-kind\nVersion: 1\n")
    (info / "entry_points.txt").write_text(PLUGIN)
    return [info.parent, Path.cwd()]


@pytest.fixture
def start(tmp_path, plugins):
    started = []

    def start(text, name="agent"):
        started.append(AgentProcess(tmp_path / name, text, plugins=plugins).start())
        return started[-1]

    yield start
    for agent in started:
        agent.stop()


def own_source(prefix, source, *lines):
    own = [
        f"{prefix}_KIND=counting",
        f"{prefix}_HOST=127.0.0.1",
        f"{prefix}_PORT={source.port}",
        *lines,
    ]
    return "\n".join(own) + "\n"


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_ad25_a_paired_bridge_answers_and_is_revoked(server, bridged, source, start, transport):
    slot = f"pg-{transport}"
    prefix = slot.upper().replace("-", "_")
    keys = bridged.pair(slot)
    agent = start(
        f"GRAPHISTRY_HOST={server.url}\nBRIDGE_TRANSPORT={transport}\n{keys}"
        + own_source(prefix, source, f"{prefix}_PASSWORD=canary-of-the-source")
    )
    bridged.wait_until_connected(slot)

    rows = numbers(bridged.client(slot, ask_of("numbers 60000 0")).batches())
    assert rows == list(range(60000))
    assert source.asked == {"numbers 60000 0": 1}
    assert source.passwords == {"canary-of-the-source"}
    assert f"{slot}: connected" in server.run("bridge", "list")

    running = bridged.client(slot, ask_of("numbers 90000 0.1")).batches()
    next(running)
    server.run("bridge", "revoke", slot)
    revoked = time.monotonic()
    with pytest.raises(ConnectorError, match="revoked"):
        list(running)
    wait_until(lambda: source.cancelled, poll_s=0.02)
    assert time.monotonic() - revoked < 5
    assert f"{slot}: revoked" in server.run("bridge", "list")
    for line in keys.splitlines()[2:]:
        assert line.partition("=")[2] not in agent.log
    assert "canary" not in agent.log


def test_sh64_a_bridged_connector_works_as_any_other(
    server, bridged, start, postgresql_server, tmp_path
):
    """The credential and the address of the database stay at the bridge; the server's own would lead nowhere."""
    for statement in recipe("connect-postgresql.md"):
        postgresql_server.run(statement)
    authority = tmp_path / "authority.pem"
    authority.write_text(postgresql_server.authority)
    start(
        f"GRAPHISTRY_HOST={server.url}\n{bridged.pair('database')}DATABASE_KIND=postgresql\nDATABASE_HOST=127.0.0.1\n"
        f"DATABASE_PORT={postgresql_server.port}\nDATABASE_DATABASE=net\nDATABASE_USER=graphkeep_reader\n"
        f"DATABASE_PASSWORD=choose-a-long-password\nDATABASE_CA_CERTIFICATES_FILE={authority}\n"
        "DATABASE_ALLOWED_TABLES=public.hosts\n"
    )
    bridged.wait_until_connected("database")
    server.run(
        "connector", "add", "net", "--kind", "postgresql", "--slot", "database", "--set", "host=nowhere.invalid",
        "--set", "database=x", "--set", "user=nobody",
    )  # fmt: skip

    assert server.attempt("connector", "test", "net").returncode == 0
    assert "warning" not in server.attempt("connector", "audit", "net").stdout
    assert "hosts" in server.run("connector", "schema", "net")
    lines = server.run("connector", "query", "net", "select count(*) as n from hosts").splitlines()
    assert lines[:2] == ["n", str(postgresql_server.ask("select count(*) from hosts")[0][0])]
    refused = server.attempt("connector", "query", "net", "select * from flows")
    assert refused.returncode != 0
    assert "flows" in refused.stdout + refused.stderr


def test_a_bridge_gives_its_slot_back_on_reload(server, bridged, source, start):
    base = f"GRAPHISTRY_HOST={server.url}\n"
    agent = start(base + bridged.pair("other") + own_source("OTHER", source))
    bridged.wait_until_connected("other")

    agent.write(base)
    agent.reload()

    wait_until(lambda: "other: left" in server.run("bridge", "list"))


def test_the_agent_loads_neither_django_nor_settings(server, bridged, source, start):
    agent = start(
        f"GRAPHISTRY_HOST={server.url}\n{bridged.pair('lean')}" + own_source("LEAN", source)
    )
    bridged.wait_until_connected("lean")

    maps = Path(f"/proc/{agent.process.pid}/maps").read_text()
    environ = Path(f"/proc/{agent.process.pid}/environ").read_text()

    assert "_sqlite3" not in maps  # which Django's settings would load
    assert "LEAN_SERVER_KEY" not in environ


def test_a_bridge_with_one_wrong_key_is_refused_and_audited(server, bridged, source, start):
    keys = bridged.pair("guarded").splitlines()
    wrong = "\n".join([*keys[:-1], f"GUARDED_PROXY_KEY={'p' * 64}"])
    agent = start(f"GRAPHISTRY_HOST={server.url}\n{wrong}\n" + own_source("GUARDED", source))

    wait_until(lambda: "does not accept its keys" in agent.log)

    assert not bridged.is_connected("guarded")
    events = server.run("audit", "--event", "bridge.refused")
    assert "guarded" in events
    assert "p" * 64 not in events


def test_the_route_takes_nothing_but_bridges(server):
    address = f"{server.url}/pivot/bridge"
    answers = [
        requests.get(address, timeout=120),
        requests.post(address, data="x", timeout=120),
        requests.post(
            address, headers={"Content-Type": CONTENT_TYPE, "Origin": "https://evil.example"}, timeout=120
        ),
        requests.post(
            address,
            headers={"Content-Type": CONTENT_TYPE, "X-Bridge-Connection": "0" * 16 + ".x", "X-Bridge-Direction": "receive"},
            timeout=120,
        ),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [405, 415, 415, 200]
    assert answers[-1].headers["X-Bridge-Close"] == "1006"
