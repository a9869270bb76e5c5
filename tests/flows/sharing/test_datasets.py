"""Datasets over HTTP: changed, replaced, deleted; framed only where they may be."""

import pytest
import requests

from tests.flows.sharing.test_sharing import make_dataset, share
from tests.servers import TestServer

pytestmark = pytest.mark.flow


def send(server: TestServer, method: str, path: str, person: str = "alice", **said: object):
    headers = {"Authorization": f"Bearer {server.token(person)}"}
    return requests.request(method, f"{server.url}{path}", headers=headers, timeout=60, **said)


def test_new_rows_replace_the_former_and_the_picture_follows(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    before = server.ready(dataset_id)
    send(server, "POST", f"/api/v2/upload/datasets/{dataset_id}/edges/csv", data="s,d\nx,y\n")
    after = server.ready(dataset_id)

    assert (before["node_count"], before["edge_count"]) == (3, 2)
    assert (after["node_count"], after["edge_count"]) == (2, 1)
    assert after["version"] > before["version"]


def test_broken_rows_are_refused_and_the_former_stay(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    path = f"/api/v2/upload/datasets/{dataset_id}/edges/parquet"
    refused = send(server, "POST", path, data=b"no parquet")

    assert refused.status_code == 400
    assert "does not read as parquet" in refused.json()["message"]
    assert server.ready(dataset_id)["edge_count"] == 2


def test_a_name_is_changed_by_who_may_edit(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    changed = send(server, "PATCH", f"/api/v2/datasets/{dataset_id}/", json={"name": "new"})
    refused = send(
        server, "PATCH", f"/api/v2/datasets/{dataset_id}/", "mallory", json={"name": "x"}
    )

    assert changed.json()["name"] == "new"
    assert refused.status_code == 403
    assert server.get(f"/api/v2/datasets/{dataset_id}/").json()["name"] == "new"


def test_an_invited_person_sees_and_edits_as_far_as_invited(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    said = {
        "obj_pk": dataset_id,
        "obj_type": "dataset",
        "mode": "private",
        "invited_users": [
            {"email": "bob@example.org", "action": "20"},
            {"email": "charlie@example.org", "action": "10"},
        ],
    }
    assert send(server, "POST", "/api/v2/share/link/", json=said).json()["status"] == "OK"
    path = f"/api/v2/datasets/{dataset_id}/"
    codes = {
        person: (
            server.get(path, person).status_code,
            send(server, "PATCH", path, person, json={"description": person}).status_code,
            send(server, "DELETE", path, person).status_code,
        )
        for person in ("bob", "charlie", "mallory")
    }

    assert codes == {"bob": (200, 200, 403), "charlie": (200, 403, 403), "mallory": (404, 404, 404)}


def test_deleting_ends_the_address_and_leaves_no_bytes(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    deleted = send(server, "DELETE", f"/api/v2/datasets/{dataset_id}/")

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert server.get(f"/api/view/{dataset_id}/").status_code == 404
    assert not (server.home / "data/graphs" / dataset_id).exists()
    assert send(server, "DELETE", f"/api/v2/datasets/{dataset_id}/").status_code == 404


def test_an_upload_without_source_or_metadata_is_refused_in_words(server: TestServer) -> None:
    for said, word in (
        ({"metadata": {}, "edge_encodings": {"bindings": {"source": "s"}}}, "destination"),
        ({"edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}, "metadata"),
        (
            {
                "metadata": {},
                "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
                "edge_files": ["f" * 32],
            },
            "you do not have",
        ),
    ):
        answer = send(server, "POST", "/api/v2/upload/datasets/", json={"name": "x", **said})
        assert answer.status_code == 400
        assert word in answer.json()["message"]


def test_only_public_graphs_may_be_framed_by_other_sites(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    page = f"{server.url}/graph/graph.html?dataset={dataset_id}"
    public = requests.get(page, timeout=120).headers["Content-Security-Policy"]
    share(server, dataset_id, "private")
    headers = {"Authorization": f"Bearer {server.token()}"}
    private = requests.get(page, headers=headers, timeout=120).headers["Content-Security-Policy"]
    login = requests.get(f"{server.url}/accounts/login/", timeout=120).headers

    assert "frame-ancestors *" in public
    assert "frame-ancestors 'self'" in private
    assert "frame-ancestors 'none'" in login["Content-Security-Policy"]
    assert login["X-Frame-Options"] == "DENY"
    for policy in (public, private, login["Content-Security-Policy"]):
        assert "unsafe" not in policy
