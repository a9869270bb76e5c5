"""A page elsewhere that rebinds its name to this machine is answered by nothing: DNS rebinding, sockets, CSP."""

import asyncio

import pytest
import requests
import websockets

from tests.servers import TestServer

pytestmark = pytest.mark.flow
EVIL = "evil.example.org"
FIRST = {
    "username": "mallory", "email": "mallory@example.org",
    "password1": "violet-tram-07-harbour", "password2": "violet-tram-07-harbour",
}  # fmt: skip


def test_a_rebound_name_cannot_create_the_first_account(own_server) -> None:
    fresh: TestServer = own_server(is_fresh=True)
    page = f"{fresh.url}/accounts/signup/"
    browser = requests.Session()
    assert browser.get(page, timeout=120).status_code == 200
    for host in (EVIL, f"{EVIL}:{fresh.port}", f"localhost.{EVIL}", "10.0.0.7"):
        token = browser.cookies["csrftoken"]
        headers = {"Host": host, "Origin": f"http://{host}", "X-CSRFToken": token}
        for method in ("GET", "POST", "OPTIONS"):
            answer = browser.request(method, page, headers=headers, data=FIRST, timeout=120)
            assert answer.status_code == 400
            assert "graphkeep config set SITE_DOMAIN" in answer.json()["message"]
            assert host not in str(answer.headers) + answer.text
        for path in ("/healthz", "/api/v2/datasets/", "/api-token-auth/", "/static/x"):
            assert (
                requests.get(f"{fresh.url}{path}", headers={"Host": host}, timeout=120).status_code
                == 400
            )
    assert fresh.run("user", "list").strip() == ""


def test_the_host_never_reaches_the_content_security_policy(server: TestServer) -> None:
    policies = {
        requests.get(f"{server.url}/accounts/login/", headers={"Host": host}, timeout=120).headers[
            "Content-Security-Policy"
        ]
        for host in ("localhost", "127.0.0.1:8000", "127.9.9.9")
    }
    (policy,) = policies
    assert "connect-src 'self';" in policy
    assert "ws:" not in policy


def handshake(url: str, **headers: str) -> int:
    """The status of a refused handshake, or the code that closes an open socket; 0 where it stays open."""

    async def run() -> int:
        try:
            async with websockets.connect(
                url, open_timeout=120, additional_headers=headers, origin=None
            ) as socket:
                try:
                    await asyncio.wait_for(socket.recv(), 10)
                except websockets.ConnectionClosed as closed:
                    return closed.rcvd.code if closed.rcvd else 0
                return 0
        except websockets.InvalidStatus as refused:
            return refused.response.status_code

    return asyncio.run(run())


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/view/", "/api/v2/datasets/", "/api/view/x/stream/", "/admin-portal/", "/%00", "/accounts/login/?a=%ff"])  # fmt: skip
def test_a_socket_at_another_address_is_refused(server: TestServer, path: str) -> None:
    log = server.home / "server.log"
    before = log.read_text().count("Traceback")

    assert handshake(f"ws://127.0.0.1:{server.port}{path}") == 403
    assert log.read_text().count("Traceback") == before


@pytest.mark.parametrize(
    "origin",
    ["ftp://{host}", "file://{host}", "null", "{host}", "http://evil.example.org", "http://{host}.evil.example.org",
     "http://[", "https://{host}/", "http://evil@{host}"],
)  # fmt: skip
def test_a_socket_of_another_origin_is_closed(server: TestServer, origin: str) -> None:
    token = server.token()
    dataset = server.post("/api/v2/upload/datasets/", json={}).json()
    dataset_id = dataset.get("data", dataset).get("dataset_id", "0" * 32)
    url = f"ws://127.0.0.1:{server.port}/api/view/{dataset_id}/stream/"
    host = f"127.0.0.1:{server.port}"

    closed = handshake(url, Authorization=f"Bearer {token}", Origin=origin.format(host=host))

    assert closed == 4403
