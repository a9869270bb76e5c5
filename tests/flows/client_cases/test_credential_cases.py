"""Client cases A3, A4 and A6: keys, organizations and bare tokens carry uploads."""

import pytest
import requests

from tests.flows.client_cases.client_case import dataset_of, run_python_case
from tests.servers import TestServer

pytestmark = pytest.mark.flow


def test_a3_a_personal_key_is_taken_from_a_get_with_a_body(server: TestServer) -> None:
    run_python_case(server, "a3_personal_key_get_with_body")

    answer = requests.get(
        f"{server.url}/api/v2/auth/pkey/jwt/",
        headers={"Authorization": f"PersonalKey {server.key_id}:{server.key_secret}"},
        json={"org_name": "acme"},
        timeout=120,
    )
    wrong = requests.get(
        f"{server.url}/api/v2/auth/pkey/jwt/",
        headers={"Authorization": f"PersonalKey {server.key_id}:{'0' * 32}"},
        timeout=120,
    )
    assert answer.status_code == 200
    assert answer.json()["active_organization"]["slug"] == "acme"
    assert wrong.status_code == 401


def test_a4_the_dataset_belongs_to_the_organization(server: TestServer) -> None:
    url = run_python_case(server, "a4_organisation_login", "url")

    row = server.get(f"/api/v2/datasets/{dataset_of(url)}/").json()
    assert (row["org_name"], row["owner"]) == ("acme", "alice")
    foreign = server.post(
        "/api/v2/upload/datasets/",
        "charlie",
        json={
            "org_name": "acme",
            "name": "not yours",
            "metadata": {},
            "node_encodings": {"bindings": {}},
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
        },
    )
    assert foreign.status_code == 403


def test_a6_a_bare_token_is_verified_used_and_refreshed(server: TestServer) -> None:
    run_python_case(server, "a6_token_only_then_reuse")

    token = server.token()
    verified = requests.post(f"{server.url}/api-token-verify/", json={"token": token}, timeout=120)
    refreshed = requests.post(
        f"{server.url}/api-token-refresh/", json={"token": token}, timeout=120
    )
    assert verified.status_code == 200
    newer = {"Authorization": f"Bearer {refreshed.json()['token']}"}
    assert (
        requests.get(f"{server.url}/api/v2/files/", headers=newer, timeout=120).status_code == 200
    )
