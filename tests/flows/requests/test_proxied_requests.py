"""SH-31, 32, 40, 43, 46, 68, AD-01, AD-20: names, proxies and addresses, asked of a server of its own."""

import json
import secrets
from collections.abc import Iterator

import pytest
import requests

from tests.servers import TestServer, start_server, stop_server
from tests.waiting import wait_for_settings

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    made, process = start_server(
        tmp_path_factory.mktemp("edge"), TRUSTED_PROXIES="127.0.0.0/8", COOKIE_SECURE="true",
        REQUIRE_TLS="true", REVOKE_CLEARTEXT_TOKENS="true", GRAPHKEEP_ALLOWED_HOSTS="clear.example.org",
    )  # fmt: skip
    made.passwords["alice"] = secrets.token_urlsafe(16)
    words = ("--username", "alice", "--email", "alice@example.org", "--role", "admin")
    made.run("user", "create", *words, "--password-stdin", stdin=made.passwords["alice"] + "\n")
    try:
        yield made
    finally:
        stop_server(process)


def code(server: TestServer, path: str = "/accounts/login/", **headers: str) -> int:
    headers = {"X_Forwarded_Proto": "https", **headers}
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(
        f"{server.url}{path}", headers=said, timeout=120, allow_redirects=False
    ).status_code


def set_live(server: TestServer, name: str, value: str) -> None:
    server.run("config", "set", name, value)
    wait_for_settings()


def test_sh43_ad20_addresses_until_there_is_a_domain_and_then_it_alone(edge: TestServer) -> None:
    for host in ("10.0.0.7:8000", "localhost", "clear.example.org"):
        assert code(edge, Host=host) == 200
    for host in ("graphs.example.org", "anything", "a b", "x/y", "evil.example.org\\@", ""):
        assert code(edge, Host=host) == 400

    set_live(edge, "SITE_DOMAIN", "graphs.example.org")
    assert code(edge, Host="graphs.example.org") == 200
    assert code(edge, Host="evil.example.org") == 400
    assert code(edge, Host="graphs.example.org.evil.example.org") == 400
    assert code(edge) == 200  # this machine itself
    assert code(edge, Host="127.0.0.1", X_Forwarded_For="203.0.113.9") == 400
    set_live(edge, "SITE_DOMAIN", "")
    assert code(edge, Host="graphs.example.org") == 400


def test_sh40_addresses_are_let_in_by_the_list_also_behind_a_proxy(edge: TestServer) -> None:
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


def test_sh31_a_trusted_proxy_says_the_scheme(edge: TestServer) -> None:
    answer = requests.get(
        f"{edge.url}/accounts/login/", headers={"X-Forwarded-Proto": "https"}, timeout=120
    )
    plain = requests.get(f"{edge.url}/accounts/login/", timeout=120)

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Strict-Transport-Security" not in plain.headers


def test_sh31_a_trusted_proxy_says_the_name(edge: TestServer) -> None:
    set_live(edge, "SITE_DOMAIN", "graphs.example.org")
    assert code(edge, Host="inner-7", X_Forwarded_Host="graphs.example.org") == 200
    assert code(edge, Host="graphs.example.org", X_Forwarded_Host="evil.example.org") == 400
    set_live(edge, "SITE_DOMAIN", "")


ELSEWHERE = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}


def seen_in_clear(edge: TestServer) -> list[dict]:
    lines = edge.run("audit", "--event", "token.seen-in-clear").splitlines()
    return [json.loads(one) for one in lines]


def over_http(edge: TestServer, method: str, path: str, **said: object) -> requests.Response:
    """As a visitor elsewhere, whose proxy says that it heard them over plain HTTP."""
    headers = {**ELSEWHERE, "Host": "clear.example.org:8080", **said.pop("headers", {})}
    return requests.request(
        method, edge.url + path, headers=headers, timeout=120, allow_redirects=False, **said
    )


def test_sh32_a_password_over_plain_http_is_refused_before_it_is_looked_at(
    edge: TestServer,
) -> None:
    person = {"username": "alice", "password": edge.passwords["alice"]}
    for body in (person, {**person, "password": "wrong"}, {}):
        for path in ("/api-token-auth/", "/api/v2/auth/token/generate"):
            answer = over_http(edge, "POST", path, json=body)
            assert (answer.status_code, answer.headers.get("Location")) == (403, None)
            assert "takes nothing over plain HTTP" in answer.json()["message"]
    assert over_http(edge, "POST", "/accounts/login/", data=person).status_code == 403
    assert seen_in_clear(edge) == []
    assert requests.post(f"{edge.url}/api-token-auth/", json=person, timeout=120).status_code == 200


def test_sh46_pages_lead_to_tls_and_programs_are_told(edge: TestServer) -> None:
    for path in (
        "/",
        "/accounts/login/?next=/datasets/%3Fa%3D1",
        "/graph/graph.html?dataset=1",
        "//evil.example.org",
    ):
        for method in ("GET", "HEAD"):
            answer = over_http(edge, method, path)
            wanted = (308, f"https://clear.example.org{path}")
            assert (answer.status_code, answer.headers["Location"]) == wanted
    for path in ("/api/v2/datasets/", "/api/view/0/", "/api-token-verify/", "/etl", "/auth/verify"):
        answer = over_http(edge, "GET", path)
        assert (answer.status_code, answer.headers.get("Location")) == (403, None)
    socket = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
              "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    answer = over_http(edge, "GET", f"/api/view/{'0' * 32}/stream/", headers=socket)
    assert (answer.status_code, answer.headers.get("Location")) == (403, None)
    assert over_http(edge, "GET", "/healthz").status_code == 200
    assert over_http(edge, "GET", "/", headers={"X-Forwarded-Proto": "https"}).status_code == 302
    set_live(edge, "SITE_DOMAIN", "graphs.example.org:8443")
    answer = over_http(edge, "GET", "/datasets/", headers={"Host": "graphs.example.org:8443"})
    assert answer.headers["Location"] == "https://graphs.example.org:8443/datasets/"
    set_live(edge, "SITE_DOMAIN", "")


def test_sh32_a_token_that_was_seen_in_clear_is_named_and_ended(edge: TestServer) -> None:
    token, other = edge.token(), edge.token()
    pair = edge.run("key", "create", "--user", "alice").strip().splitlines()[-1]

    def state(authorization: str) -> int:
        headers = {"Authorization": authorization}
        return requests.get(
            f"{edge.url}/api/v2/datasets/", headers=headers, timeout=120
        ).status_code

    assert [state(f"Bearer {token}"), state(f"PersonalKey {pair}")] == [200, 200]
    for text in (
        f"Bearer {token[:-4]}AAAA",
        "Bearer x",
        f"PersonalKey {pair[:-4]}0000",
        "Basic eDp5",
    ):
        headers = {"Authorization": text}
        assert over_http(edge, "GET", "/api/v2/datasets/", headers=headers).status_code == 403
    assert seen_in_clear(edge) == []
    headers = {"Authorization": f"Bearer {token}"}
    assert over_http(edge, "GET", "/api/v2/datasets/", headers=headers).status_code == 403
    assert [state(f"Bearer {token}"), state(f"Bearer {other}")] == [401, 401]
    headers = {"Authorization": f"PersonalKey {pair}"}
    assert over_http(edge, "GET", "/api/v2/auth/pkey/jwt/", headers=headers).status_code == 403
    assert state(f"PersonalKey {pair}") == 401
    refreshed = edge.token()
    answer = over_http(edge, "POST", "/api-token-refresh/", json={"token": refreshed})
    assert (answer.status_code, state(f"Bearer {refreshed}")) == (403, 401)

    lines = seen_in_clear(edge)
    assert [one["credential"].partition(":")[0] for one in lines] == ["token", "key", "token"]
    assert {(one["actor"], one["address"], one["details"]["is_revoked"]) for one in lines} == {
        ("alice", "203.0.113.9", True)
    }
    assert lines[1]["credential"] == f"key:{pair.partition(':')[0]}"
    assert not any(text in json.dumps(lines) for text in (token, refreshed, pair))


def test_sh31_a_stranger_s_forwarded_headers_are_ignored(server: TestServer) -> None:
    answer = requests.get(
        f"{server.url}/accounts/login/",
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"},
        timeout=120,
    )

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/etl", "/api/check", "/api/v1/anything"])
def test_sh68_the_first_api_is_gone_and_says_where_to_go(server: TestServer, path: str) -> None:
    for method in ("GET", "POST"):
        answer = requests.request(method, f"{server.url}{path}?apikey=x", timeout=120)

        assert answer.status_code == 410
        assert "/api/v2/" in answer.json()["message"]


def test_every_answer_has_its_headers(server: TestServer) -> None:
    for path, person in (("/accounts/login/", None), ("/datasets/", "alice"), ("/nothing", None)):
        headers = server.get(path, person).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].endswith(
            "require-trusted-types-for 'script'; trusted-types svelte-trusted-html filter-worker"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", "))
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
