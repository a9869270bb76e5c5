"""Client cases of signing in: the unmodified clients sign in."""

import base64
import json

import pytest
import requests

from tests.flows.client_cases.client_case import run_python_case, run_shell_case
from tests.servers import TestServer

pytestmark = pytest.mark.flow


def test_a1_a_password_gives_a_token_that_verifies(server: TestServer) -> None:
    token = run_python_case(server, "a1_password", "graphistry.api_token()")

    answer = requests.post(f"{server.url}/api-token-verify/", json={"token": token}, timeout=120)
    assert answer.status_code == 200
    assert answer.json()["token"] == token
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["username"] == "alice"


def test_a2_a_wrong_password_is_refused_in_json(server: TestServer) -> None:
    run_python_case(server, "a2_wrong_password")

    answer = requests.post(
        f"{server.url}/api-token-auth/",
        json={"username": "alice", "password": "wrong"},
        timeout=120,
    )
    assert answer.status_code == 400
    assert answer.json() == {"non_field_errors": ["Unable to log in with provided credentials."]}


def test_a5_an_unknown_organization_is_refused(server: TestServer) -> None:
    run_python_case(server, "a5_unknown_organisation")

    answer = requests.post(
        f"{server.url}/api-token-auth/",
        json={"username": "alice", "password": server.passwords["alice"], "org_name": "nope"},
        timeout=120,
    )
    assert answer.json()["active_organization"] == {
        "slug": "nope",
        "is_found": False,
        "is_member": False,
    }


def test_a5_a_stranger_is_no_member(server: TestServer) -> None:
    answer = requests.post(
        f"{server.url}/api-token-auth/",
        json={
            "username": "charlie",
            "password": server.passwords["charlie"],
            "org_name": "acme",
        },
        timeout=120,
    )

    assert answer.json()["active_organization"]["is_member"] is False


def test_a7_switching_needs_membership(server: TestServer) -> None:
    run_python_case(server, "a7_switch_organisation")

    mine = server.post("/api/v2/o/acme/switch/", data={"slug": "acme"})
    foreign = server.post("/api/v2/o/acme/switch/", "charlie", data={"slug": "acme"})
    assert mine.json() == {"status": "OK", "message": "Switched to organization: acme"}
    assert foreign.json()["status"] == "ERR"


def test_a8_curl_signs_in_refreshes_and_verifies(server: TestServer) -> None:
    printed = run_shell_case(server, "a8_curl")

    tokens = [json.loads(line) for line in printed.splitlines()]
    assert len(tokens) == 3
    assert all(token.count(".") == 2 for token in tokens)


@pytest.mark.parametrize(
    "path",
    [
        "/api-token-auth",
        "/api-token-auth/",
        "/api-token-refresh",
        "/api-token-refresh/",
        "/api-token-verify",
        "/api-token-verify/",
        "/api/v2/auth/token/generate",
        "/api/v2/auth/token/generate/",
        "/api/v2/auth/token/refresh",
        "/api/v2/auth/token/refresh/",
        "/api/v2/auth/token/verify",
        "/api/v2/auth/token/verify/",
    ],
)
def test_no_auth_route_ever_redirects(server: TestServer, path: str) -> None:
    answer = requests.post(
        f"{server.url}{path}",
        json={
            "username": "alice",
            "password": server.passwords["alice"],
            "token": server.token(),
        },
        timeout=120,
        allow_redirects=False,
    )

    assert answer.status_code == 200
    assert answer.json()["token"]
