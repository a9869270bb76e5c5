"""SH-31, 40, 43, 68, AD-01, AD-20: names, proxies and addresses, asked of a server of its own."""

import time
from collections.abc import Iterator

import pytest
import requests

from tests.flows.conftest import Server, start_server, stop_server

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made, process = start_server(
        tmp_path_factory.mktemp("edge"), TRUSTED_PROXIES="127.0.0.0/8", COOKIE_SECURE="true"
    )
    try:
        yield made
    finally:
        stop_server(process)


def code(server: Server, path: str = "/accounts/login/", **headers: str) -> int:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(
        f"{server.url}{path}", headers=said, timeout=30, allow_redirects=False
    ).status_code


def set_live(server: Server, name: str, value: str) -> None:
    server.run("config", "set", name, value)
    time.sleep(1.2)


def test_sh43_any_name_until_there_is_a_domain_and_then_no_other(edge: Server) -> None:
    for host in ("graphs.example.org", "10.0.0.7:8000", "anything"):
        assert code(edge, Host=host) == 200
    for host in ("a b", "x/y", "evil.example.org\\@", ""):
        assert code(edge, Host=host) == 400

    set_live(edge, "SITE_DOMAIN", "graphs.example.org")
    assert code(edge, Host="graphs.example.org") == 200
    assert code(edge, Host="evil.example.org") == 400
    assert code(edge, Host="graphs.example.org.evil.example.org") == 400
    assert code(edge) == 200  # this machine itself
    assert code(edge, Host="127.0.0.1", X_Forwarded_For="203.0.113.9") == 400
    set_live(edge, "SITE_DOMAIN", "")
    assert code(edge, Host="evil.example.org") == 200


def test_sh40_addresses_are_let_in_by_the_list_also_behind_a_proxy(edge: Server) -> None:
    set_live(edge, "IP_ALLOWLIST", "192.168.0.0/16, 127.0.0.1/32")
    assert code(edge, X_Forwarded_For="192.168.3.4") == 200
    assert code(edge, X_Forwarded_For="203.0.113.9") == 403
    assert code(edge, "/api/v2/datasets/", X_Forwarded_For="203.0.113.9") == 403
    assert code(edge, X_Forwarded_For="192.168.3.4, 203.0.113.9") == 403
    set_live(edge, "IP_ALLOWLIST", "")
    set_live(edge, "ADMIN_IP_ALLOWLIST", "192.168.0.0/16")
    assert code(edge, "/admin-portal/", X_Forwarded_For="203.0.113.9") == 403
    assert code(edge, "/admin-portal/", X_Forwarded_For="192.168.0.1") == 302
    assert code(edge, X_Forwarded_For="203.0.113.9") == 200


def test_sh31_a_trusted_proxy_says_the_scheme(edge: Server) -> None:
    answer = requests.get(
        f"{edge.url}/accounts/login/", headers={"X-Forwarded-Proto": "https"}, timeout=30
    )
    plain = requests.get(f"{edge.url}/accounts/login/", timeout=30)

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Strict-Transport-Security" not in plain.headers


def test_sh31_a_stranger_s_forwarded_headers_are_ignored(server: Server) -> None:
    answer = requests.get(
        f"{server.url}/accounts/login/",
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"},
        timeout=30,
    )

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/etl", "/api/check", "/api/v1/anything"])
def test_sh68_the_first_api_is_gone_and_says_where_to_go(server: Server, path: str) -> None:
    for method in ("GET", "POST"):
        answer = requests.request(method, f"{server.url}{path}?apikey=x", timeout=30)

        assert answer.status_code == 410
        assert "/api/v2/" in answer.json()["message"]


def test_every_answer_has_its_headers(server: Server) -> None:
    for path, person in (("/accounts/login/", None), ("/datasets/", "alice"), ("/nothing", None)):
        headers = server.get(path, person).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", "))
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
