"""SH-52: the egress list and the firewall name exactly the hosts of connectors."""

import pytest

from graphkeep.connectors.egress_endpoints import connector_endpoints
from graphkeep.connectors.models import Connector
from graphkeep.server.cli.deployment.network import endpoints
from graphkeep.site.egress_endpoints import list_endpoints

SOURCE, ELSEWHERE = "10.78.0.2", "10.78.0.3"
PORT = 7007


def connector(name, kind="http", **more):
    settings = {"host": SOURCE, "port": PORT, "tls": False, **more.pop("settings", {})}
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
        (off.component, SOURCE, PORT, "off", "queries of the connector old (HTTP/JSON)"),
    ]


@pytest.mark.django_db
def test_sh52_the_firewall_opens_the_endpoints_of_enabled_connectors_alone(settings):
    settings.DATABASE_URL = ""
    used = connector("used")
    connector("old", is_enabled=False, settings={"host": ELSEWHERE})

    assert endpoints() == ((used.component, SOURCE, PORT),)


@pytest.mark.django_db
def test_sh80_under_air_gap_only_addresses_inside_are_opened(settings, monkeypatch):
    settings.DATABASE_URL = ""
    used = connector("used")
    connector("outside", settings={"host": "93.184.215.14"})
    monkeypatch.setattr("graphkeep.site.egress_endpoints.runtime_setting", lambda _: True)
    monkeypatch.setattr("graphkeep.connectors.egress_endpoints.runtime_setting", lambda _: True)

    assert endpoints() == ((used.component, SOURCE, PORT),)
