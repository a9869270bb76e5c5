"""SH-12, 41, 48, 49: what is said at the start, what the doctor sees of Caddy, and what the probe sees of ports."""

import socket

import pytest
from django.test import Client

from graphkeep.server.process.startup_banner import print_banner
from graphkeep.upkeep.doctor import probe
from graphkeep.upkeep.doctor.checks import CHECKS
from graphkeep.upkeep.doctor.run import run_check
from tests.people import PASSWORD, make

BY_ID = {one.check_id: one for one in CHECKS}
AUTO = "graphs.example.org:%d {\n\timport common\n}\nhttp://, https://:%d {\n\timport common\n}\n"
OFFLOAD = "{\n\tservers {\n\t\ttrusted_proxies static 10.0.0.0/24\n\t}\n}\nhttp:// {\n\timport common\n}\n"


@pytest.mark.parametrize(
    ("url", "is_secure", "warns"),
    [
        ("http://127.0.0.1:8000", False, False),
        ("http://0.0.0.0:8000", False, True),
        ("http://10.0.0.7:8000", False, True),
        ("http://0.0.0.0:8000", True, False),
    ],
)
@pytest.mark.django_db
def test_sh12_a_start_on_a_network_without_tls_says_so(settings, capsys, url, is_secure, warns):
    settings.COOKIE_SECURE = is_secure

    print_banner(url, "")

    assert ("WARNING: without TLS" in capsys.readouterr().out) == warns


@pytest.mark.django_db
def test_sh12_the_portal_says_so_too():
    client = Client()
    client.force_login(make("alice", "admin"))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    for host, is_secure, warns in (
        ("10.0.0.7:8000", False, True),
        ("10.0.0.7:8000", True, False),
        ("localhost:8000", False, False),
    ):
        page = client.get("/admin-portal/", secure=is_secure, HTTP_HOST=host).content
        assert (b"Without TLS" in page) == warns


def asked(patient, text):
    (patient.home / "data/config/caddy").mkdir(exist_ok=True)
    (patient.home / "data/config/caddy/Caddyfile").write_text(text)
    patient.runs()
    return patient.ask("network.listeners")


def test_sh48_tls_is_on_unless_a_balancer_does_it(patient, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    found = asked(patient, AUTO % (port, port))

    assert (found.state, f"no process listens on port {port}" in found.evidence) == ("error", True)
    monkeypatch.setattr(
        "graphkeep.upkeep.doctor.checks.edge.listeners", lambda: [type("L", (), {"port": 80})]
    )
    assert asked(patient, OFFLOAD).state == "ok"
    monkeypatch.setattr(
        "graphkeep.upkeep.doctor.checks.edge.listeners", lambda: [type("L", (), {"port": 443})]
    )
    assert asked(patient, OFFLOAD).state == "warning"


def test_sh49_port_80_may_be_closed(patient):
    with socket.create_server(("127.0.0.1", 0)) as open_one:
        port = open_one.getsockname()[1]

        assert asked(patient, AUTO % (port, port)).state == "ok"


def test_sh41_the_probe_tells_open_ports_from_closed_ones():
    with (
        socket.create_server(("127.0.0.1", 0)) as open_one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        ports = [one.getsockname()[1] for one in (open_one, other)]
        other.close()

        assert probe.open_ports("127.0.0.1", ports) == [ports[0]]


def test_every_check_from_outside_says_when_it_cannot_be_asked(patient):
    assert patient.ask("outside.ports").state == "skipped"
    assert run_check(BY_ID["outside.loop"], _at("http://127.0.0.1:1")).state == "error"


def _at(url):
    from graphkeep.server.process.collect_deployment import collect_deployment

    return collect_deployment(url=url)
