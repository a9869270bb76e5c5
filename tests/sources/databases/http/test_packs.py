"""The ready packs against doubles of their services."""

import pytest

from graphkeep.sources.databases.http_client import RateLimitError
from graphkeep.sources.databases.misp import KIND as MISP
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from graphkeep.sources.databases.virustotal import KIND as VIRUSTOTAL
from graphkeep.sources.databases.whois import KIND as WHOIS
from tests.doubles import misp, rdap, virustotal
from tests.sources.databases.http.json_service import json_service
from tests.sources.databases.kinds import ask, context_of


@pytest.fixture(scope="module")
def vt():
    with json_service(virustotal.answer) as service:
        yield context_of(VIRUSTOTAL, service.settings, {"token": virustotal.KEY})


def test_virustotal_reports_addresses(vt):
    table = ask(
        VIRUSTOTAL, "pack", "ip_report", vt, parameters={"ip": ["192.0.2.1", "198.51.100.1"]}
    )

    assert table.to_pylist() == [
        {"ip": "192.0.2.1", "country": "NL", "asn": 64500, "as_owner": "Example",
         "network": "192.0.2.0/24", "reputation": -3, "malicious": 7, "suspicious": 1, "harmless": 60,
         "analyzed": table["analyzed"][0].as_py()},
    ]  # fmt: skip


def test_virustotal_follows_its_pages(vt):
    table = ask(VIRUSTOTAL, "pack", "ip_resolutions", vt, parameters={"ip": "192.0.2.1"})

    assert table["domain"].to_pylist() == virustotal.DOMAINS
    assert set(table["ip"].to_pylist()) == {"192.0.2.1"}


def test_virustotal_relations_of_files_hold_the_file(vt):
    table = ask(VIRUSTOTAL, "pack", "file_contacts", vt, parameters={"hash": "ab" * 32})

    assert table.select(["sha256", "ip"]).to_pylist() == [{"sha256": "ab" * 32, "ip": "192.0.2.1"}]


def test_virustotal_a_used_up_quota_is_a_failure(vt):
    with pytest.raises(RateLimitError):
        ask(VIRUSTOTAL, "pack", "ip_report", vt, parameters={"ip": "203.0.113.99"})


def test_virustotal_tests_its_key(vt):
    VIRUSTOTAL.open(vt).test()
    with json_service(virustotal.answer) as service:
        wrong = context_of(VIRUSTOTAL, service.settings, {"token": "wrong-canary"})
        with pytest.raises(ConnectorError) as raised:
            VIRUSTOTAL.open(wrong).test()
    assert raised.value.stage == "sign-in"
    assert "wrong-canary" not in str(raised.value)


def test_a_pack_has_a_schema_and_names_its_requests(vt):
    tables = VIRUSTOTAL.open(vt).schema().tables

    assert [(table.name, [column.name for column in table.columns]) for table in tables][:2] == [
        ("ip_report", ["ip"]),
        ("ip_resolutions", ["ip"]),
    ]
    with pytest.raises(QueryRefusedError) as raised:
        ask(VIRUSTOTAL, "pack", "ip_reports", vt)
    assert raised.value.advice == "Did you mean 'ip_report'?"


@pytest.fixture(scope="module")
def misp_service():
    with json_service(misp.answer) as service:
        yield service


def test_misp_finds_attributes_and_events(misp_service):
    context = context_of(MISP, misp_service.settings, {"token": misp.KEY})

    found = ask(MISP, "pack", "attribute_search", context, parameters={"value": ["192.0.2.1", "x"]})
    event = ask(MISP, "pack", "event_attributes", context, parameters={"event": 7})
    events = ask(MISP, "pack", "events_with_value", context, parameters={"value": "192.0.2.1"})

    assert found.select(["event_id", "type", "value"]).to_pylist() == [
        {"event_id": "7", "type": "ip-dst", "value": "192.0.2.1"}
    ]
    assert event.select(["event", "organization", "type"]).to_pylist() == [
        {"event": "7", "organization": "CERT", "type": "ip-dst"},
        {"event": "7", "organization": "CERT", "type": "sha256"},
    ]
    assert events["info"].to_pylist() == ["A campaign"]


def test_misp_audits_the_role_of_the_account(misp_service):
    def audit(token):
        session = MISP.open(context_of(MISP, misp_service.settings, {"token": token}))
        return {finding.check for finding in session.audit() if finding.is_excess}

    assert audit(misp.KEY) == set()
    assert audit("admin-key") == {
        "site-admin", "organization-admin", "writes", "publishes", "synchronizes",
    }  # fmt: skip


def test_misp_names_a_wrong_key(misp_service):
    with pytest.raises(ConnectorError) as raised:
        MISP.open(context_of(MISP, misp_service.settings, {"token": "wrong"})).test()
    assert raised.value.stage == "permission"  # MISP answers 403


def test_whois_reads_rdap():
    with json_service(rdap.answer) as service:
        context = context_of(WHOIS, service.settings)
        domain = ask(WHOIS, "pack", "domain", context, parameters={"domain": "example.com"})
        servers = ask(
            WHOIS, "pack", "domain_name_servers", context, parameters={"domain": ["example.com", "none.example"]}
        )  # fmt: skip
        network = ask(WHOIS, "pack", "ip", context, parameters={"ip": "192.0.2.7"})
        system = ask(WHOIS, "pack", "autonomous_system", context, parameters={"number": 64500})
        WHOIS.open(context).test()

    assert domain.select(["domain", "registrar"]).to_pylist() == [
        {"domain": "example.com", "registrar": "Registrar, Inc."}
    ]
    assert domain["registered"][0].as_py().year == 1995
    assert servers["name_server"].to_pylist() == ["a.iana-servers.net", "b.iana-servers.net"]
    assert network.to_pylist() == [
        {"ip": "192.0.2.7", "network": "NET-192-0-2-0-1", "name": "TEST-NET-1", "first": "192.0.2.0",
         "last": "192.0.2.255", "country": "US", "kind": "ASSIGNMENT", "holder": "IANA"},
    ]  # fmt: skip
    assert system["holder"].to_pylist() == ["IANA"]
