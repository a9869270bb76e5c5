"""Files over HTTP: kept bytes are read anew, limits hold, cookies cannot be read by scripts."""

import pytest
import requests

from tests.flows.sharing.test_samples import sign_in
from tests.servers import TestServer

pytestmark = pytest.mark.flow


def upload(server: TestServer, content: bytes, **said: object) -> dict:
    made = server.post("/api/v2/files/", json={"file_type": "csv", "name": "x", **said}).json()
    return server.post(f"/api/v2/upload/files/{made['file_id']}", data=content).json()


def patch(
    server: TestServer, path: str, person: str = "alice", **said: object
) -> requests.Response:
    headers = {"Authorization": f"Bearer {server.token(person)}"}
    return requests.patch(f"{server.url}{path}", json=said, headers=headers, timeout=60)


def test_a_patch_parses_the_kept_bytes_anew(server: TestServer) -> None:
    file = upload(server, b"aQb\n1Q2\n3Q4\n")
    assert file["tables_schemas"][0]["num_cols"] == 1

    changed = patch(server, f"/api/v2/files/{file['file_id']}", parser_options={"sep": "Q"}).json()
    [table] = changed["tables_schemas"]
    assert {key: table[key] for key in table if key != "detected"} == {
        "name": "table",
        "num_cols": 2,
        "num_rows": 2,
        "dtypes": {"a": "int64", "b": "int64"},
    }
    refused = patch(server, f"/api/v2/files/{file['file_id']}", "bob", name="mine now")
    assert refused.status_code == 404


def test_the_other_way_that_a_repair_offers_is_taken_and_undone(server: TestServer) -> None:
    file = upload(server, b"exporter,importer\nNA,DE\nZA,NA\nDE,ZA\n")
    path = f"/api/v2/files/{file['file_id']}"
    [offer] = {
        repair["alternative"]["label"]: repair["alternative"]["parser_options"]
        for repair in file["repairs"]
        if repair["alternative"] is not None and repair["column"] == "exporter"
    }.values()

    other = patch(server, path, parser_options={**file["parser_options"], **offer}).json()
    assert patch(server, path, "bob", parser_options={}).status_code == 404
    undone = patch(server, path, parser_options=file["parser_options"]).json()

    assert other["is_valid"] is True
    assert other["repairs"] != file["repairs"]
    assert undone["repairs"] == file["repairs"]
    assert undone["tables_schemas"] == file["tables_schemas"]


def test_a_transform_that_does_not_run_is_told(server: TestServer) -> None:
    file = upload(server, b"a,b\n1,2\n", sql_transforms=["SELECT 1"])

    assert file["is_valid"] is True
    assert [repair["code"] for repair in file["repairs"]] == ["transform-not-run"]


def test_a_file_is_listed_and_deleted_by_its_owner_alone(server: TestServer) -> None:
    file = upload(server, b"a,b\n1,2\n")["file_id"]
    listed = server.get("/api/v2/files/?limit=500").json()["results"]
    assert file in [row["file_id"] for row in listed]
    for person in ("bob", "charlie"):
        assert server.get(f"/api/v2/files/{file}", person).status_code == 404
        assert file not in server.get("/api/v2/files/?limit=500", person).text
    headers = {"Authorization": f"Bearer {server.token()}"}
    gone = requests.delete(f"{server.url}/api/v2/files/{file}", headers=headers, timeout=120)
    assert (gone.status_code, gone.content) == (204, b"")
    assert not (server.home / "data/uploads" / file).exists()


def test_bodies_over_their_limits_are_refused(server: TestServer) -> None:
    headers = {"Authorization": f"Bearer {server.token()}"}
    large = requests.post(
        f"{server.url}/api/v2/files/", data=b"x" * (3 << 20), headers=headers, timeout=120
    )
    assert large.status_code == 413
    claimed = requests.Request(
        "POST", f"{server.url}/api/v2/upload/files/{'0' * 32}", headers=headers, data=b"x"
    ).prepare()
    claimed.headers["Content-Length"] = str(5 << 30)
    answer = requests.Session().send(claimed, timeout=120)
    assert answer.status_code == 413
    assert "UPLOAD_MAX_SIZE" in answer.json()["message"]


def test_a_chunked_upload_and_a_gzipped_one_arrive_whole(server: TestServer) -> None:
    import gzip

    rows = b"a,b\n" + b"1,2\n" * 1000
    headers = {"Authorization": f"Bearer {server.token()}"}
    made = server.post("/api/v2/files/", json={"file_type": "csv"}).json()["file_id"]
    route = f"{server.url}/api/v2/upload/files/{made}"
    chunked = requests.post(
        route, data=iter([rows[:100], rows[100:]]), headers=headers, timeout=120
    )
    packed = requests.post(
        route,
        data=gzip.compress(rows),
        headers={**headers, "Content-Encoding": "gzip"},
        timeout=120,
    )
    for answer in (chunked, packed):
        assert answer.json()["tables_schemas"][0]["num_rows"] == 1000


def test_sh11_sign_in_sets_three_cookies_that_no_script_reads(server: TestServer) -> None:
    browser = sign_in(server, "charlie")
    flags = {cookie.name: cookie.has_nonstandard_attr("HttpOnly") for cookie in browser.cookies}
    assert flags == {"sessionid": True, "csrftoken": True, "graphistry_jwt": True}

    token = browser.cookies["graphistry_jwt"]
    by_cookie = {"cookies": {"graphistry_jwt": token}, "timeout": 30}
    assert requests.get(f"{server.url}/api/v2/files/", **by_cookie).status_code == 200
    refused = requests.post(f"{server.url}/api/v2/files/", json={"file_type": "csv"}, **by_cookie)
    assert refused.status_code == 403
    upload_refused = requests.post(
        f"{server.url}/api/v2/upload/files/{'0' * 32}", data=b"x", **by_cookie
    )
    assert upload_refused.status_code == 403
