"""F4, SH-79, SH-80: the table of addresses is ours, and what was checked is what is connected to."""

import ipaddress
import socket
import threading

import pytest

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError, Endpoint, check_address

NEVER = [
    "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "fe80::1",
    "fe80::1%eth0", "ff02::1", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1", "::169.254.169.254", "100.100.100.200",
]  # fmt: skip
INSIDE = [
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "100.64.0.1", "192.0.0.8",
    "192.88.99.1", "198.18.0.1", "::1", "fc00::1", "fec0::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1", "2002:7f00:1::", "::127.0.0.1", "::ffff:0:127.0.0.1", "2001:db8::1", "100::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]


def is_forbidden(address, *, may_be_inside):
    try:
        check_address(address, may_be_inside=may_be_inside)
    except EgressForbiddenError:
        return True
    return False


def test_f4_the_table_of_addresses():
    found = {
        one: (is_forbidden(one, may_be_inside=False), is_forbidden(one, may_be_inside=True))
        for one in (*NEVER, *INSIDE, *OUTSIDE)
    }

    assert found == {
        **dict.fromkeys(NEVER, (True, True)),
        **dict.fromkeys(INSIDE, (True, False)),
        **dict.fromkeys(OUTSIDE, (False, False)),
    }


def test_f4_every_way_of_hiding_this_machine_in_ipv6_is_seen():
    local = int(ipaddress.IPv4Address("127.0.0.1"))
    hidden = [
        ipaddress.IPv6Address((0x0064FF9B << 96) | local),
        ipaddress.IPv6Address((0x2002 << 112) | (local << 80)),
        ipaddress.IPv6Address((0xFFFF << 32) | local),
        ipaddress.IPv6Address(local),
    ]

    assert [is_forbidden(str(one), may_be_inside=False) for one in hidden] == [True] * 4


def listener():
    server = socket.create_server(("127.0.0.1", 0))
    seen = []

    def accept():
        try:
            link, address = server.accept()
            seen.append(address)
            link.close()
        except OSError:
            return

    threading.Thread(target=accept, daemon=True).start()
    return server, server.getsockname()[1], seen


def test_a_component_reaches_its_own_place_and_no_other():
    server, port, _ = listener()
    gateway = Gateway(lambda: False)
    gateway.allow(Endpoint(component="mail", host="localhost", port=port, may_be_inside=True))

    gateway.connect("mail", "localhost", port, timeout_s=5).close()
    for component, host, where in (
        ("mail", "localhost", port + 1),
        ("mail", "127.0.0.2", port),
        ("support", "localhost", port),
    ):
        with pytest.raises(EgressForbiddenError):
            gateway.connect(component, host, where, timeout_s=5)
    server.close()


def test_an_outside_component_does_not_reach_this_machine_by_any_name(monkeypatch):
    server, port, seen = listener()
    gateway = Gateway(lambda: False)
    gateway.allow(Endpoint(component="support", host="support.example.org", port=port))
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)

    with pytest.raises(EgressForbiddenError):
        gateway.connect("support", "support.example.org", port, timeout_s=1)
    assert seen == []
    server.close()


def test_v03_a_name_that_changes_its_answer_gains_nothing(monkeypatch):
    """The name is asked once; the connection goes to the address that was checked."""
    server, port, seen = listener()
    asked = []

    def answer(*_, **__):
        asked.append(1)
        address = "127.0.0.1" if len(asked) > 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    gateway = Gateway(lambda: False)
    gateway.allow(
        Endpoint(component="mail", host="mail.example.org", port=port, may_be_inside=True)
    )
    with pytest.raises(OSError):
        gateway.connect("mail", "mail.example.org", port, timeout_s=0.2)

    assert (len(asked), seen) == (1, [])
    server.close()


def test_sh80_under_air_gap_no_name_is_even_looked_up(monkeypatch):
    def asked(*_, **__):
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    gateway = Gateway(lambda: True)
    gateway.allow(Endpoint(component="mail", host="mail.example.org", port=25, may_be_inside=True))

    with pytest.raises(EgressForbiddenError, match="Air gap is on"):
        gateway.connect("mail", "mail.example.org", 25, timeout_s=1)
