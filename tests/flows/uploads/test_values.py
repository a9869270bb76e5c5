"""Values over HTTP: every digit arrives, blank ids draw nothing, and a sender is told at once what is wrong."""

import io
import re
import uuid
from pathlib import Path

import pyarrow as pa
import pytest
import requests

from tests.servers import TestServer

pytestmark = pytest.mark.flow
CASES = Path(__file__).parents[2] / "sources" / "cases"
BODY = {
    "name": "values",
    "metadata": {},
    "node_encodings": {"bindings": {}},
    "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
}
FIRST, SECOND, THIRD = 708663653625634816, 708663653625634817, 727189530466459649


def file_of(server: TestServer, content: bytes, file_type: str = "csv") -> dict:
    made = server.post("/api/v2/files/", json={"file_type": file_type, "name": "x"}).json()
    return server.post(f"/api/v2/upload/files/{made['file_id']}", data=content).json()


def dataset_of(server: TestServer, file: dict, source: str, destination: str, **said) -> str:
    ends = {"bindings": {"source": source, "destination": destination}}
    body = {**BODY, "edge_encodings": ends, "edge_files": [file["file_id"]], **said}
    made = server.post("/api/v2/upload/datasets/", json=body).json()["data"]["dataset_id"]
    assert server.ready(made)["state"] == "ready"
    return made


def rows(server: TestServer, dataset: str, table: str, count: int) -> list[dict]:
    numbers = ",".join(map(str, range(count)))
    return server.get(f"/api/view/{dataset}/rows/?table={table}&rows={numbers}").json()["rows"]


def arrow(**columns) -> bytes:
    sink = io.BytesIO()
    table = pa.table(columns)
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "file_type", "names"),
    [
        ((CASES / "T17/tweets.csv").read_bytes(), "csv", ("user_id", "retweeted_user_id")),
        ((CASES / "J16/ids64.json").read_bytes(), "json", ("source", "target")),
        (arrow(s=[FIRST, SECOND], d=[SECOND, THIRD]), "arrow", ("s", "d")),
    ],
)
def test_ids_of_64_bits_have_every_digit_on_the_page(
    server: TestServer, content, file_type, names
) -> None:
    file = file_of(server, content, file_type)
    samples = server.get(f"/api/new/{file['file_id']}/readings/").json()["tables"][0]["columns"]
    dataset = dataset_of(server, file, *names)
    nodes = rows(server, dataset, "node", 3)
    edges = rows(server, dataset, "edge", 2)
    titles = server.get(f"/api/view/{dataset}/titles/?rows=0,1,2").json()["titles"]
    hits = server.get(f"/api/view/{dataset}/search/?q={SECOND}").json()["hits"]
    key = next(name for name in nodes[0] if name.endswith("id"))

    assert {row[key] for row in nodes} == {str(FIRST), str(SECOND), str(THIRD)}
    assert {row[name] for row in edges for name in names} <= {row[key] for row in nodes}
    assert set(titles.values()) == {row[key] for row in nodes}
    assert [hit["text"] for hit in hits] == [str(SECOND)]
    assert all(isinstance(value, str) for column in samples[:2] for value in column["sample"])


def test_the_extremes_of_64_bits_have_every_digit_and_a_histogram(server: TestServer) -> None:
    numbers = [2**63 - 1, 2**62 + 1, -(2**63)]
    file = file_of(server, arrow(s=["a", "b", "c"], d=["b", "c", "a"], tweet=numbers), "arrow")
    dataset = dataset_of(server, file, "s", "d")
    bars = server.get(f"/api/view/{dataset}/histogram/?table=edge&column=tweet")

    assert [row["tweet"] for row in rows(server, dataset, "edge", 3)] == list(map(str, numbers))
    assert (bars.status_code, bars.content[:4]) == (200, b"GKV1")


def test_blank_payees_draw_no_hub_and_are_counted(server: TestServer) -> None:
    payers = [f"acct{number}" for number in range(60)]
    payees = ["" if number % 6 else f"acct{number + 1}" for number in range(60)]
    dataset = dataset_of(server, file_of(server, arrow(s=payers, d=payees), "arrow"), "s", "d")
    state = server.get(f"/api/view/{dataset}/").json()

    assert (state["node_count"], state["edge_count"]) == (20, 10)
    assert [(repair["code"], repair["count"]) for repair in state["repairs"]] == [
        ("null-id-dropped", 50)
    ]


def test_the_line_of_an_empty_source_is_told(server: TestServer) -> None:
    file = file_of(server, (CASES / "T04/done_207_edges.csv").read_bytes())
    dataset = dataset_of(server, file, "Source", "Target")
    state = server.get(f"/api/view/{dataset}/").json()
    [repair] = [each for each in state["repairs"] if each["code"] == "null-id-dropped"]

    assert state["edge_count"] == 298
    assert (repair["message"], repair["lines"]) == (
        "1 edge rows have no 'Source' (line 152); they are left out.",
        [152],
    )


def test_uuids_of_pandas_are_read_and_found(server: TestServer) -> None:
    ids = [uuid.UUID(int=(number << 64) + 5) for number in (7, 8, 9)]
    content = arrow(
        s=pa.array([each.bytes for each in ids[:2]], pa.uuid()),
        d=pa.array([each.bytes for each in ids[1:]], pa.uuid()),
    )
    dataset = dataset_of(server, file_of(server, content, "arrow"), "s", "d")
    hits = server.get(f"/api/view/{dataset}/search/?q={ids[1]}").json()["hits"]

    assert [hit["text"] for hit in hits] == [str(ids[1])]


def test_a_form_is_refused_with_the_line_for_curl(server: TestServer) -> None:
    made = server.post("/api/v2/files/", json={"file_type": "csv", "name": "x"}).json()["file_id"]
    path = f"/api/v2/upload/files/{made}"
    content = (CASES / "C1/edges.csv").read_bytes()
    answer = server.post(path, files={"file": ("edges.csv", content, "text/csv")})

    assert answer.status_code == 415
    assert answer.json()["message"] == (
        "This is a form (multipart/form-data); send the bytes of the file as the body instead: "
        f"curl -X POST {server.url}{path} -H 'Authorization: Bearer TOKEN' --data-binary @FILE"
    )
    assert server.get(f"/api/v2/files/{made}").json()["is_uploaded"] is False
    assert server.post(path, data=content).json()["is_valid"] is True


def test_a_form_of_a_stranger_is_refused_as_a_stranger(server: TestServer) -> None:
    made = server.post("/api/v2/files/", json={"file_type": "csv", "name": "x"}).json()["file_id"]
    address = f"{server.url}/api/v2/upload/files/{made}"
    answer = requests.post(address, files={"file": b"a,b\n"}, timeout=60)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("WRONG", r"There is no column 'WRONG'\. The table has: s, d\."),
        ("S", r"There is no column 'S'\. The table has: s, d\. Did you mean 's'\?"),
        (["f", "s"], r"names of columns must be text\. Columns of several levels"),
    ],
)
def test_a_wrong_column_is_told_when_the_graph_is_made(server: TestServer, source, message) -> None:
    file = file_of(server, b"s,d\na,b\n")
    ends = {"bindings": {"source": source, "destination": "d"}}
    body = {**BODY, "edge_encodings": ends, "edge_files": [file["file_id"]]}
    answer = server.post("/api/v2/upload/datasets/", json=body)

    assert answer.status_code == 400
    assert re.search(message, answer.json()["message"])


def test_a_wrong_column_is_told_when_the_edges_are_attached(server: TestServer) -> None:
    body = {**BODY, "edge_encodings": {"bindings": {"source": "WRONG", "destination": "d"}}}
    made = server.post("/api/v2/upload/datasets/", json=body).json()["data"]["dataset_id"]
    answer = server.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=b"s,d\na,b\n")
    right = server.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=b"WRONG,d\na,b\n")

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown-column")
    assert right.status_code == 200
    assert server.ready(made)["state"] == "ready"
