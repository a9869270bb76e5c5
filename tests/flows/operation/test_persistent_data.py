"""What the data map calls persistent is all that a server needs; caches may go at any time."""

import os
import shutil
import signal
import subprocess
import time

import pytest
import requests

from graphkeep.server.cli.backup import SETTLED_S
from graphkeep.upkeep.data_map import DATA_LOCATIONS
from tests.drills.operation.test_kills import seconds_until_healthy, start_again
from tests.object_store import new_bucket, object_store
from tests.servers import stop_server
from tests.waiting import wait_for_value

__all__ = ["new_bucket", "object_store"]
pytestmark = pytest.mark.flow


def a_graph(server):
    said = {"node_encodings": {"bindings": {}}, "metadata": {}, "name": "kept",
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    fed = server.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=b"s,d\n1,2\n2,3\n3,1\n")
    assert fed.status_code == 200, fed.text
    mode = {"obj_pk": made, "obj_type": "dataset", "mode": "private"}
    assert server.post("/api/v2/share/link/", json=mode).status_code == 200
    server.ready(made)
    return made


def seen(server, graph):
    """Everything that alice gets of it, and that nobody else gets anything."""
    stranger = requests.get(f"{server.url}/api/view/{graph}/columns/", timeout=120)
    assert stranger.status_code == 404
    paths = ("columns/", "rows/?table=edge&rows=0,1,2", "search/?q=2")
    answers = [server.get(f"/api/view/{graph}/{path}") for path in paths]
    assert [one.status_code for one in answers] == [200] * len(paths)
    assert all("private" in one.headers["Cache-Control"] or "no-store" in one.headers["Cache-Control"] for one in answers)  # fmt: skip
    return [one.content for one in answers]


@pytest.mark.skipif(
    "GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="its database lies elsewhere"
)
@pytest.mark.parametrize("store", ["disk", "s3"])
def test_sh85_only_what_is_called_persistent_is_needed(own_server, request, store):
    said = {}
    if store == "s3":
        bucket = request.getfixturevalue("new_bucket")("graphs")
        said = {
            "GRAPHKEEP_STORE": f"s3://{bucket.config.bucket}/graphs",
            "GRAPHKEEP_STORE_S3_ENDPOINT": bucket.config.endpoint,
            "GRAPHKEEP_STORE_S3_ACCESS_KEY": "alice",
            "GRAPHKEEP_STORE_S3_SECRET_KEY": "canary-of-a-key",
        }
    server = own_server(**said)
    graph = a_graph(server)
    before = seen(server, graph)
    if store == "s3":
        assert {one.key.partition("/")[0] for one in bucket.entries()} == {graph}
        assert not (server.home / "data/graphs" / graph).exists()

    # While it runs, what it does not work with goes.
    for one in (server.home / "data").rglob("*"):
        if one.is_file() and one.relative_to(server.home).parts[1] in {"frames", "cache"}:
            os.utime(one, (time.time() - 2 * SETTLED_S,) * 2)
    assert "MB freed" in server.run("cache", "purge")
    assert [one for one in (server.home / "data/frames").rglob("*") if one.is_file()] == []
    assert seen(server, graph) == before

    server.run("stop")
    kept = {one.path for one in DATA_LOCATIONS if one.is_persistent}
    for one in DATA_LOCATIONS:
        if one.path in kept:
            continue
        place = server.home / one.path
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    left = {one.name for one in (server.home / "data").iterdir()}
    assert left <= {path.split("/")[1] for path in kept} | {"db.sqlite3-wal", "db.sqlite3-shm"}
    process = start_again(server)
    try:
        seconds_until_healthy(server, time.monotonic())
        assert seen(server, graph) == before
        assert server.get("/api/v2/datasets/").json()["count"] == 1
        headers = {"Authorization": f"Bearer {server.token()}"}
        gone = requests.delete(
            f"{server.url}/api/v2/datasets/{graph}/", headers=headers, timeout=120
        )
        assert gone.status_code == 204
        if store == "s3":
            assert list(bucket.entries()) == []
    finally:
        stop_server(process)


def test_a_web_process_ends_with_its_supervisor_and_leaves_its_port(own_server):
    server = own_server()
    note = server.run("ps")
    pids = [int(one.strip(" ,")) for one in note.split("supervisor ")[1].replace(",", "").replace("web ", "").replace("worker ", "").split()]  # fmt: skip
    os.kill(pids[0], signal.SIGKILL)
    left = wait_for_value(lambda: [pid for pid in pids[1:] if is_running(pid)], [], deadline_s=60)
    assert left == []


def is_running(pid):
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)  # fmt: skip
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")
