"""SH-52: the egress list and the firewall name exactly the hosts of connectors; the loaded rules drop all else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphkeep.connectors.egress_endpoints import connector_endpoints
from graphkeep.connectors.models import Connector
from graphkeep.server.cli.deployment.network import endpoints
from graphkeep.site.egress_endpoints import list_endpoints
from graphkeep.upkeep.firewall.render import as_nftables
from graphkeep.upkeep.firewall.rules import FirewallRequest, firewall
from tests.deploy.tls.space import Space, cable, ip
from tests.sources.databases.stages.stage_servers import PORTS
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
SOURCE, ELSEWHERE = "10.78.0.2", "10.78.0.3"


def connector(name, kind="http", **more):
    settings = {"host": SOURCE, "port": PORTS["http"], "tls": False, **more.pop("settings", {})}
    return Connector.objects.create(name=name, kind=kind, settings=settings, **more)


@pytest.mark.django_db
def test_sh52_each_endpoint_of_a_connector_is_listed_once_with_its_state():
    here = connector(
        "intel", "taxii", settings={"host": "taxii.example", "port": None, "tls": True}
    )
    off = connector("old", is_enabled=False)
    connector("far", slot="factory")  # a data bridge asks for it
    connector("gone", "no_such_kind")
    connector("typed", "enter_data", settings={})

    listed = [endpoint for endpoint in list_endpoints() if "connector" in endpoint.component]

    assert listed == connector_endpoints()
    assert [
        (each.component, each.host, each.port, each.state, each.purpose) for each in listed
    ] == [
        (here.component, "taxii.example", 443, "on", "queries of the connector intel (TAXII 2.1)"),
        (off.component, SOURCE, PORTS["http"], "off", "queries of the connector old (HTTP/JSON)"),
    ]


@pytest.mark.django_db
def test_sh52_the_firewall_opens_the_endpoints_of_enabled_connectors_alone(settings):
    settings.DATABASE_URL = ""
    used = connector("used")
    connector("old", is_enabled=False, settings={"host": ELSEWHERE})

    assert endpoints() == ((used.component, SOURCE, PORTS["http"]),)


@pytest.mark.django_db
def test_sh80_under_air_gap_only_addresses_inside_are_opened(settings, monkeypatch):
    settings.DATABASE_URL = ""
    used = connector("used")
    connector("outside", settings={"host": "93.184.215.14"})
    monkeypatch.setattr("graphkeep.site.egress_endpoints.runtime_setting", lambda _: True)
    monkeypatch.setattr("graphkeep.connectors.egress_endpoints.runtime_setting", lambda _: True)

    assert endpoints() == ((used.component, SOURCE, PORTS["http"]),)


@pytest.fixture
def networks(tmp_path):
    """This server's network and a source's, which has a second address."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "nsenter", "unshare"))):
        pytest.skip("networks of our own need root, ip, nft and nsenter")
    try:
        server = Space(tmp_path, {})
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network can be made here: {error.stderr.decode()}")
    source = Space(tmp_path, {})
    try:
        cable(server, "10.78.0.1", source, SOURCE)
        end = json.loads(source.said("ip", "-j", "route"))[0]["dev"]
        ip("-n", source.name, "addr", "add", f"{ELSEWHERE}/24", "dev", end)
        yield server, source
    finally:
        server.close()
        source.close()


def dropped(server) -> int:
    listed = json.loads(server.said("nft", "-j", "list", "chain", "inet", "graphkeep", "outbound"))
    return sum(
        part["counter"]["packets"]
        for entry in listed["nftables"]
        for part in entry.get("rule", {}).get("expr", ())
        if "counter" in part
    )


@pytest.mark.django_db
def test_sh52_with_the_printed_rules_a_connector_works_and_all_else_is_dropped_and_counted(
    networks, settings
):
    server, source = networks
    settings.DATABASE_URL = ""
    connector("used")
    wall = firewall(FirewallRequest(mode="vpn", vpn=("10.8.0.0/24",), endpoints=endpoints()))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    source.start(
        sys.executable, "-m", "tests.connectors.outbound_source", log="source.log", env=environment
    )
    source.waits_for(PORTS["http"])
    server.said("nft", "-f", "-", stdin=as_nftables(wall))

    def reach(host, port):
        told = server.said(
            sys.executable,
            "-m",
            "tests.connectors.outbound_client",
            host,
            str(port),
            env=environment,
        )
        return json.loads(told)

    assert reach(SOURCE, PORTS["http"]) == [[{"answer": 42}], ""]
    assert dropped(server) == 0
    assert reach(SOURCE, PORTS["plain"]) == [None, "timeout"]
    assert reach(ELSEWHERE, PORTS["http"]) == [None, "timeout"]
    wait_until(lambda: dropped(server) >= 2)
