"""Connectors reach inside addresses only as far as an administrator named them."""

import ipaddress
import socket

import pytest

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.inside import InsideEntry, connector_endpoint, parse_inside_entries
from graphkeep.egress.policy import EgressForbiddenError, InsideAddressError


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("db.example", InsideEntry(host="db.example")),
        (" DB.Example:5432 ", InsideEntry(host="db.example", port=5432)),
        ("localhost", InsideEntry(host="localhost")),
        ("10.1.2.3", InsideEntry(network=ipaddress.ip_network("10.1.2.3/32"))),
        ("10.1.2.3:9200", InsideEntry(network=ipaddress.ip_network("10.1.2.3/32"), port=9200)),
        ("10.1.0.0/16", InsideEntry(network=ipaddress.ip_network("10.1.0.0/16"))),
        ("fc00::/7", InsideEntry(network=ipaddress.ip_network("fc00::/7"))),
        ("::1", InsideEntry(network=ipaddress.ip_network("::1/128"))),
        ("[::1]:5432", InsideEntry(network=ipaddress.ip_network("::1/128"), port=5432)),
    ],
)
def test_the_entries_of_connector_networks(text, entry):
    assert parse_inside_entries([text]) == (entry,)


@pytest.mark.parametrize(
    "text",
    ["db.example/24", "http://db.example", "db.example:0", "db.example:70000", "db.example:x",
     "a b", "user@db.example", "10.1.2.3/8", "10.1.2", "1", "[db.example]:1", "db.example#x", "*",
     "*.example", "-db", "[::1", "fe80::1%eth0:1"],
)  # fmt: skip
def test_what_is_no_entry_is_refused_by_name(text):
    with pytest.raises(ValueError, match=r"'.*'") as raised:
        parse_inside_entries(["db.example", text])
    assert repr(text) in str(raised.value)


def resolved(monkeypatch, *addresses):
    answers = [
        (socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, 5432))
        for each in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)


def checked(*, named, is_air_gapped=False, host="db.example"):
    gateway = Gateway(lambda: is_air_gapped)
    entries = parse_inside_entries(named)
    gateway.allow(
        connector_endpoint("connector:1", host, 5432, entries, is_air_gapped=is_air_gapped)
    )
    return gateway.addresses("connector:1", host, 5432)


@pytest.mark.parametrize(
    "named",
    [["db.example"], ["db.example:5432"], ["10.0.0.0/8"], ["10.1.2.3"], ["10.1.2.3:5432"]],
)
def test_a_named_host_or_network_is_reached(monkeypatch, named):
    resolved(monkeypatch, "10.1.2.3")

    assert checked(named=named) == ("10.1.2.3",)


@pytest.mark.parametrize(
    "named",
    [[], ["other.example"], ["example"], ["db.example:5433"], ["10.2.0.0/16"], ["10.1.2.3:5433"],
     ["0.0.0.0/32"]],
)  # fmt: skip
def test_what_nobody_named_is_not_and_the_refusal_names_the_command(monkeypatch, named):
    resolved(monkeypatch, "10.1.2.3")

    with pytest.raises(InsideAddressError, match=r"10\.1\.2\.3 is an address inside") as raised:
        checked(named=named)
    assert "graphkeep config set CONNECTOR_NETWORKS db.example" in raised.value.advice


def test_each_address_of_a_name_must_be_allowed(monkeypatch):
    resolved(monkeypatch, "10.1.2.3", "192.168.1.1")

    with pytest.raises(InsideAddressError, match=r"192\.168\.1\.1"):
        checked(named=["10.0.0.0/8"])


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "0.0.0.0", "224.0.0.1"])
def test_metadata_services_are_never_reached_whatever_is_named(monkeypatch, address):
    resolved(monkeypatch, address)

    with pytest.raises(EgressForbiddenError, match="never connects to"):
        checked(named=["db.example", "0.0.0.0/0", "::/0"])


def test_sh80_under_air_gap_a_named_inside_host_is_reached_and_an_outside_one_is_not(monkeypatch):
    resolved(monkeypatch, "10.1.2.3")
    assert checked(named=["db.example"], is_air_gapped=True) == ("10.1.2.3",)
    with pytest.raises(InsideAddressError):
        checked(named=[], is_air_gapped=True)

    resolved(monkeypatch, "8.8.8.8")
    assert checked(named=[]) == ("8.8.8.8",)
    with pytest.raises(EgressForbiddenError, match=r"Air gap is on, and 8\.8\.8\.8 is outside"):
        checked(named=["db.example"], is_air_gapped=True)


def test_sh80_an_endpoint_from_before_the_air_gap_is_not_even_looked_up(monkeypatch):
    def lookup(*_, **__):
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    gateway = Gateway(lambda: True)
    gateway.allow(connector_endpoint("connector:1", "db.example", 5432, ()))

    with pytest.raises(EgressForbiddenError, match="Air gap is on"):
        gateway.connect("connector:1", "db.example", 5432, timeout_s=1)
