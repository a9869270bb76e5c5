"""Makes `former-release.tar.xz`: the folder of a server of the former release, with people and graphs in it.

Run with that release's sources first on the path, and its dependencies installed:
    PYTHONPATH=/path/to/former/src:. python tests/data/make_former_release.py
What the server answered then is written beside it, for the test that upgrades it in place.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import requests
from websockets.sync.client import connect

from tests.servers import TestServer, running_server
from tests.waiting import wait_until

TARGET = Path(__file__).parent / "former-release.tar.xz"
PASSWORDS = {name: f"{name}-violet-tram-07-harbour" for name in ("alice", "bob", "charlie")}
ROWS = "s,d,calls\n" + "".join(f"n{i},n{(i * 7 + 3) % 40},{i % 9}\n" for i in range(120))
# Made again by the server, or of no use elsewhere.
LEFT_BEHIND = {
    "server.json",
    "reserve",
    "tmp",
    "frames",
    "cache",
    "copies",
    "test.sqlite3",
    "logs",
    "request",
}


def make() -> None:
    home = Path(tempfile.mkdtemp(prefix="graphkeep-former-"))
    with running_server(home) as server:
        for name, password in PASSWORDS.items():
            server.add_person(name, "admin" if name == "alice" else "user", password)
        known = fill(server)
    version = subprocess.run(
        [sys.executable, "-c", "import graphkeep; print(graphkeep.__file__)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    sys.stdout.write(f"made by {version.stdout}")
    with tarfile.open(TARGET, "w:xz") as archive:
        archive.add(home / "data", "data", filter=portable)
    TARGET.with_suffix("").with_suffix(".json").write_text(json.dumps(known, indent=1) + "\n")


def portable(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    parts = Path(entry.name).parts
    if len(parts) > 1 and parts[1] in LEFT_BEHIND:
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def fill(server: TestServer) -> dict:
    server.run("org", "create", "acme", "--member", "alice")
    server.run("org", "add", "acme", "--member", "bob")
    key = server.run("key", "create", "--user", "alice").strip().splitlines()[-1]
    server.run("config", "set", "EMBED_ORIGINS", "https://intranet.example.org")
    graph = plot(server, "calls", "private")
    metric = server.post(
        f"/api/v2/datasets/{graph}/metrics/", json={"metric": "pagerank", "column": "fame"}
    )
    assert metric.status_code in {200, 201, 202}, metric.text
    wait_until(lambda: "fame" in server.get(f"/api/view/{graph}/rows/?table=node&rows=0").text)
    arranged = server.post(
        f"/api/v2/datasets/{graph}/layout/", json={"layout": "circle", "options": {}}
    )
    assert arranged.status_code in {200, 201, 202}, arranged.text
    server.ready(graph)
    pin(server, graph)
    shared = plot(server, "public calls", "public")
    link = server.post(f"/api/v2/datasets/{graph}/links/", json={}).json()
    file = server.post("/api/v2/files/", json={"file_type": "csv", "name": "own"}).json()["file_id"]
    assert server.post(f"/api/v2/upload/files/{file}", data=ROWS.encode()).status_code == 200
    return {
        "passwords": PASSWORDS, "key": key, "graph": graph, "public": shared, "file": file,
        "link": link["address"].partition("#")[2], "answers": answers(server, graph, shared),
        "audit": len(server.run("audit").splitlines()),
    }  # fmt: skip


def plot(server: TestServer, name: str, mode: str) -> str:
    body = {
        "name": name, "metadata": {}, "node_encodings": {"bindings": {}}, "org_name": "acme",
        "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
    }  # fmt: skip
    made = server.post("/api/v2/upload/datasets/", json=body).json()["data"]["dataset_id"]
    fed = server.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=ROWS.encode())
    assert fed.status_code == 200, fed.text
    said = {"obj_pk": made, "obj_type": "dataset", "mode": mode}
    assert server.post("/api/v2/share/link/", json=said).status_code == 200
    server.ready(made)
    return str(made)


def pin(server: TestServer, graph: str) -> None:
    address = f"ws://127.0.0.1:{server.port}/api/view/{graph}/stream/"
    with connect(
        address, additional_headers={"Authorization": f"Bearer {server.token()}"}
    ) as stream:
        stream.send(json.dumps({"type": "pin", "rows": [1], "positions": [4.5, -1]}))
        wait_until(lambda: '"type": "pins"' in str(stream.recv(timeout=60)))


def answers(server: TestServer, graph: str, public: str) -> dict:
    """What people see, counted and hashed: the same before and after an upgrade."""
    found: dict = {}
    for dataset in (graph, public):
        state = server.get(f"/api/view/{dataset}/").json()
        columns = server.get(f"/api/view/{dataset}/layout/")
        rows = server.get(f"/api/view/{dataset}/rows/?table=edge&rows=0,1,2,119")
        nodes = server.get(f"/api/view/{dataset}/rows/?table=node&rows=0,1,39")
        found[dataset] = {
            "counts": [state["node_count"], state["edge_count"]],
            "layout": hashlib.sha256(columns.content).hexdigest(),
            "edges": rows.json(), "nodes": nodes.json(),
            "statuses": {name: server.get(f"/api/view/{dataset}/", name).status_code for name in PASSWORDS},
            "anonymous": requests.get(f"{server.url}/api/view/{dataset}/", timeout=60).status_code,
        }  # fmt: skip
    found["listed"] = {
        name: sorted(row["name"] for row in server.get("/api/v2/datasets/", name).json()["results"])
        for name in PASSWORDS
    }
    found["files"] = len(server.get("/api/v2/files/").json()["results"])
    return found


if __name__ == "__main__":
    make()
