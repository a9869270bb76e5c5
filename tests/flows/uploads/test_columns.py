"""SH-73: only what the picture needs leaves the server, until a person asks for more."""

import pytest
import requests
from websockets.sync.client import connect

pytestmark = pytest.mark.flow
CANARY = "canary-in-a-column-4711"


@pytest.fixture
def graph(server):
    """Columns on both tables that nothing is bound to, every value a canary."""
    ids = []
    for rows in (
        "s,d,note\n" + "".join(f"n{at},n{at + 1},{CANARY}-edge-{at}\n" for at in range(40)),
        "id,title,remark\n" + "".join(f"n{at},node {at},{CANARY}-node-{at}\n" for at in range(41)),
    ):
        made = server.post("/api/v2/files/", json={"file_type": "csv"}).json()["file_id"]
        assert server.post(f"/api/v2/upload/files/{made}", data=rows).json()["is_valid"]
        ids.append(made)
    said = {
        "name": "columns",
        "metadata": {},
        "node_encodings": {"bindings": {"node": "id", "node_title": "title"}},
        "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
        "edge_files": ids[:1],
        "node_files": ids[1:],
    }
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    assert server.ready(made)["state"] == "ready"
    return made


def test_sh73_a_column_leaves_only_when_somebody_asks_for_it(server, graph):
    shown = {"Authorization": f"Bearer {server.token()}"}

    def read(path):
        answer = requests.get(f"{server.url}{path}", headers=shown, timeout=60)
        assert answer.status_code == 200
        return answer.content

    view = f"/api/view/{graph}"
    unasked = [
        f"{view}/", f"{view}/columns/", f"{view}/thumbnail.png", f"{view}/titles/?rows=0,1,2",
        f"{view}/search/?q=node%201", f"{view}/histogram/?table=node&column=degree",
        f"/graph/graph.html?dataset={graph}", "/api/v2/datasets/", f"/api/v2/datasets/{graph}/",
        f"/api/v2/upload/datasets/{graph}/",
    ]  # fmt: skip
    seen = {path: CANARY.encode() in read(path) for path in unasked}
    with connect(
        f"ws{server.url[4:]}{view}/stream",
        subprotocols=["graphkeep"],
        additional_headers=shown,
        open_timeout=120,
    ) as socket:
        heard = socket.recv(timeout=120)
    assert seen == dict.fromkeys(unasked, False)
    assert CANARY not in (heard if isinstance(heard, str) else heard.decode("latin-1"))

    # The names stand in the list of columns; the values come for exactly what is asked.
    assert {"note", "remark"} <= {
        one["name"] for table in server.get(f"{view}/").json()["columns"].values() for one in table
    }
    assert read(f"{view}/rows/?table=node&rows=3").count(CANARY.encode()) == 1
    assert f"{CANARY}-node-3".encode() in read(f"{view}/rows/?table=node&rows=3")
    assert CANARY.encode() in read(f"{view}/search/?q=canary-in-a")
    assert read(f"{view}/rows/?table=edge&rows=0,1").count(CANARY.encode()) == 2
