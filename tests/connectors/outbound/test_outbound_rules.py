"""SH-52: with the printed outbound rules loaded, each kind of connector works; all else is dropped and counted."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.tls.space import Space, cable, ip
from tests.servers import GRAPHKEEP
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]
SOURCE, ELSEWHERE = "10.78.0.2", "10.78.0.3"
NAMES = {"source.example": SOURCE, "elsewhere.example": ELSEWHERE}
ALL = (
    "postgresql", "mysql", "neo4j", "opensearch", "splunk", "taxii", "clickhouse", "databricks",
    "virustotal", "http",
)  # fmt: skip
KINDS = ALL if os.environ.get("GRAPHKEEP_PROVE") else ("postgresql", "opensearch", "http")
ARRIVED = f"""
table inet arrived {{
  chain input {{ type filter hook input priority 0;
    ip daddr {ELSEWHERE} counter
  }}
}}
"""
OTHER_WAYS = {
    "a port of the source that no connector has": f"/dev/tcp/{SOURCE}/7001",
    "the source by UDP": f"/dev/udp/{SOURCE}/514",
    "another host by UDP": f"/dev/udp/{ELSEWHERE}/53",
}


@pytest.fixture
def networks(tmp_path):
    """This server's network and a source's, which has a second address."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "nsenter", "unshare"))):
        pytest.skip("networks of our own need root, ip, nft and nsenter")
    try:
        server = Space(tmp_path, NAMES)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network can be made here: {error.stderr.decode()}")
    source = Space(tmp_path, NAMES)
    try:
        cable(server, "10.78.0.1", source, SOURCE)
        end = json.loads(source.said("ip", "-j", "route"))[0]["dev"]
        ip("-n", source.name, "addr", "add", f"{ELSEWHERE}/24", "dev", end)
        yield server, source
    finally:
        server.close()
        source.close()


def packets(space, table) -> int:
    """Of all counters of a table's chain of the same direction."""
    listed = json.loads(space.said("nft", "-j", "list", "chain", "inet", *table))
    return sum(
        part["counter"]["packets"]
        for entry in listed["nftables"]
        for part in entry.get("rule", {}).get("expr", ())
        if "counter" in part
    )


@pytest.fixture
def asked(networks, tmp_path):
    """Asks the server of this test's home, within its network; every source is up, and every connector added."""
    server, source = networks
    home, cases = tmp_path / "home", tmp_path / "cases.json"
    home.mkdir()
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "GRAPHISTRY_HOME": str(home),
        "CONNECTOR_NETWORKS": "10.78.0.0/24",
    }  # fmt: skip
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    for name in (
        "DATABASE_URL",
        "GRAPHKEEP_TEST_DATABASE_URL",
    ):  # a server with a database of its own
        environment.pop(name, None)
    words = (str(cases), f"{SOURCE},{ELSEWHERE}", ",".join(KINDS))
    running = source.start(
        sys.executable, "-m", "tests.connectors.outbound.source", *words,
        log="source.log", env=environment,
    )  # fmt: skip
    log = tmp_path / "source.log"
    wait_until(lambda: cases.exists() or running.poll() is not None, log.read_text, deadline_s=300)
    assert running.poll() is None, log.read_text()

    def ask(*words):
        if words[0] == "firewall":
            return server.said(str(GRAPHKEEP), *words, env=environment, timeout_s=300)
        client = (sys.executable, "-W", "ignore", "-m", "tests.connectors.outbound.client")
        told = server.said(*client, *words, str(cases), env=environment, timeout_s=300)
        return json.loads(told.splitlines()[-1])

    ask("add")
    return ask


def test_sh52_with_the_printed_rules_every_kind_works_and_all_else_is_dropped_and_counted(
    networks, asked
):
    server, source = networks
    rules = asked("firewall", "print", "--mode", "vpn", "--vpn-cidr", "10.8.0.0/24", "--outbound")
    named = re.findall(r"ip daddr { (\S+) } tcp dport { (\d+) } accept", rules)
    endpoints = [(network, port) for network, port in named if port != "53"]
    assert len(endpoints) == len(KINDS)
    assert {network for network, _ in endpoints} == {f"{SOURCE}/32"}

    source.said("nft", "-f", "-", stdin=ARRIVED)
    open_answers = asked("ask")
    assert {kind: answer[:2] for kind, answer in open_answers.items()} == {
        kind: ["", ""] for kind in KINDS
    }
    assert all(answer[2] for answer in open_answers.values())
    answering = dict.fromkeys(sorted(KINDS), "")
    if "taxii" in KINDS:
        answering["taxii"] = "query"  # its API roots are at the first host
    assert asked("check") == answering
    arrived = packets(source, ("arrived", "input"))
    assert arrived > 0

    server.said("nft", "-f", "-", stdin=rules)
    outbound = ("graphkeep", "outbound")
    assert asked("ask") == open_answers
    assert packets(server, outbound) == 0

    assert asked("check") == dict.fromkeys(sorted(KINDS), "timeout")
    dropped = packets(server, outbound)
    assert dropped >= len(KINDS)
    for way in OTHER_WAYS.values():
        server.run("timeout", "2", "bash", "-c", f"echo x > {way}")
        assert packets(server, outbound) > dropped, way
        dropped = packets(server, outbound)
    assert packets(source, ("arrived", "input")) == arrived
    print(f"{len(KINDS)} kinds; {dropped} packets dropped, {arrived} arrived before the rules")
