"""Who may see what, asked of the running server: alice owns, bob is in acme, charlie is a stranger."""

import pandas as pd
import pytest
import requests

from tests.flows.client_cases.client_case import run_python_case
from tests.servers import TestServer

pytestmark = pytest.mark.flow

SECRET = "the-name-that-must-not-leak"


def make_dataset(server: TestServer, **extra: object) -> str:
    body = {
        "name": SECRET,
        "metadata": {},
        "node_encodings": {"bindings": {}},
        "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
        **extra,
    }
    made = server.post("/api/v2/upload/datasets/", json=body).json()
    dataset_id = made["data"]["dataset_id"]
    table = pd.DataFrame({"s": [SECRET, "b"], "d": ["b", "c"]}).to_json(orient="records")
    kept = server.post(f"/api/v2/upload/datasets/{dataset_id}/edges/json", data=table)
    assert kept.json()["success"] is True, kept.text
    return dataset_id


def share(
    server: TestServer, dataset_id: str, mode: str, person: str = "alice"
) -> requests.Response:
    return server.post(
        "/api/v2/share/link/",
        person,
        json={
            "obj_pk": dataset_id,
            "obj_type": "dataset",
            "mode": mode,
            "notify": False,
            "message": "",
            "invited_users": [],
            "mode_action": "10",
        },
    )


def who_sees(server: TestServer, dataset_id: str) -> dict[str, int]:
    people = {"alice": "alice", "bob": "bob", "charlie": "charlie", "anonymous": None}
    return {
        name: server.get(f"/api/view/{dataset_id}/", person).status_code
        for name, person in people.items()
    }


def test_each_mode_lets_in_whom_it_names_and_nobody_else(server: TestServer) -> None:
    dataset_id = make_dataset(server, org_name="acme")
    seen = {"default": who_sees(server, dataset_id)}

    for mode in ("private", "organization", "public"):
        assert share(server, dataset_id, mode).json()["status"] == "OK"
        seen[mode] = who_sees(server, dataset_id)

    everyone = {"alice": 200, "bob": 200, "charlie": 200, "anonymous": 200}
    assert seen == {
        "default": everyone,
        "private": {"alice": 200, "bob": 404, "charlie": 404, "anonymous": 404},
        "organization": {"alice": 200, "bob": 200, "charlie": 404, "anonymous": 404},
        "public": everyone,
    }


def test_what_is_not_yours_answers_as_what_does_not_exist(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    share(server, dataset_id, "private")
    for path in (
        "/api/view/{}/",
        "/api/view/{}/columns/",
        "/api/view/{}/rows/?table=node&rows=0",
        "/api/view/{}/search/?q=leak",
        "/api/v2/datasets/{}/",
        "/api/v2/upload/datasets/{}",
        "/graph/graph.html?dataset={}",
    ):
        refused = server.get(path.format(dataset_id), "charlie")
        unknown = server.get(path.format("0" * 32), "charlie")

        assert refused.status_code == unknown.status_code == 404, path
        assert SECRET not in refused.text
        assert refused.text.replace(dataset_id, "") == unknown.text.replace("0" * 32, ""), path


def test_a_stranger_can_neither_share_nor_delete(server: TestServer) -> None:
    dataset_id = make_dataset(server)

    assert share(server, dataset_id, "private", "mallory").status_code in {403, 404}
    token = server.token("mallory")
    refused = requests.delete(
        f"{server.url}/api/v2/datasets/{dataset_id}/",
        headers={"Authorization": f"Bearer {token}"},
        timeout=120,
    )
    assert refused.status_code in {403, 404}
    assert server.get(f"/api/view/{dataset_id}/", "alice").status_code == 200


def test_an_anonymous_upload_is_refused_before_its_body_is_read(server: TestServer) -> None:
    answer = requests.post(
        f"{server.url}/api/v2/upload/files/{'0' * 32}", data=b"x" * 1_000_000, timeout=120
    )

    assert answer.status_code == 401


def test_deactivating_a_user_ends_their_token_at_once(server: TestServer) -> None:
    server.run(
        "user", "create", "--username", "dave", "--email", "dave@example.org",
        "--role", "user", "--password-stdin", stdin="a-long-enough-passw0rd\n",
    )  # fmt: skip
    server.passwords["dave"] = "a-long-enough-passw0rd"
    token = server.token("dave")
    headers = {"Authorization": f"Bearer {token}"}
    assert (
        requests.get(f"{server.url}/api/v2/files/", headers=headers, timeout=120).status_code == 200
    )

    server.run("user", "role", "dave", "inactive")

    after = requests.get(f"{server.url}/api/v2/files/", headers=headers, timeout=120)
    assert after.status_code == 401


def test_b12_privacy_is_set_by_one_post_a_plot(server: TestServer) -> None:
    shared = int(server.run("audit", "--event", "dataset.shared", "--count"))
    run_python_case(server, "b12_privacy")

    rows = server.get("/api/v2/datasets/?limit=3").json()["results"]
    assert [row["privacy"] for row in rows] == ["public", "private", "organization"]
    assert int(server.run("audit", "--event", "dataset.shared", "--count")) == shared + 3
    codes = {
        who: [server.get(f"/api/view/{row['dataset_id']}/", who).status_code for row in rows]
        for who in (None, "bob", "charlie")
    }
    # bob was invited to the one that is for alice's own organization; the next plot's privacy replaces it.
    assert codes == {None: [200, 404, 404], "bob": [200, 404, 200], "charlie": [200, 404, 404]}
