"""AD-07, V05: what people write is text, on every page that shows it."""

import time
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page

from tests.browser.conftest import sign_in
from tests.servers import TestServer, running_server

pytestmark = pytest.mark.browser
PAYLOADS = (
    "<img src=x onerror=window.pwned=1>", "<script>window.pwned=1</script>", '"><svg onload=window.pwned=1>',
    "{{constructor.constructor('window.pwned=1')()}}", "javascript:window.pwned=1", "</title><script>window.pwned=1</script>",
    "'-window.pwned=1-'", "<iframe srcdoc='<script>parent.pwned=1</script>'>", "\u202egnp.exe", "<b>bold</b>",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    with running_server(tmp_path_factory.mktemp("injection"), "alice") as made:
        made.run("user", "role", "alice", "admin")
        yield made


def test_no_payload_runs_anywhere(server: TestServer, page: Page) -> None:
    table = "source,destination,<script>window.pwned=1</script>\n"
    table += "".join(
        f'"{one.replace(chr(34), chr(34) * 2)}",hub,"{index}"\n'
        for index, one in enumerate(PAYLOADS)
    )
    for index, payload in enumerate(PAYLOADS[:4]):
        said = {"node_encodings": {"bindings": {}}, "metadata": {"page": {"title": payload}}, "name": payload,
                "description": payload,
                "edge_encodings": {"bindings": {"source": "source", "destination": "destination"}}}  # fmt: skip
        made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
        answer = server.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=table.encode())
        assert answer.status_code == 200, answer.text
        if index == 0:
            graph = made
    server.ready(graph)
    server.post(f"/api/v2/datasets/{graph}/links/", json={"name": PAYLOADS[0]})
    requests.post(
        f"{server.url}/api-token-auth/",
        json={"username": PAYLOADS[0], "password": "x"},
        timeout=120,
    )
    sign_in(page, server)
    page.goto(f"{server.url}/accounts/")
    page.fill("input[name=name]", PAYLOADS[0])
    page.get_by_role("button", name="Save").click()

    seen = {}
    page.goto(f"{server.url}/admin-portal/")
    page.fill("input[name=password]", server.passwords["alice"])
    page.get_by_role("button", name="Confirm").click()
    for path in ("/datasets/", f"/graph/graph.html?dataset={graph}", "/accounts/", "/admin-portal/accounts/user/",
                 "/admin-portal/accounts/auditevent/", "/admin-portal/datasets/dataset/",
                 "/admin-portal/datasets/sharelink/"):  # fmt: skip
        page.goto(f"{server.url}{path}")
        if "graph.html" in path:
            page.wait_for_selector("html[data-state=converged]")
            page.keyboard.press("s")
            page.keyboard.press("Escape")
            page.keyboard.press("h")
        time.sleep(0.6)
        seen[path] = page.evaluate("window.pwned ?? 0")

    assert set(seen.values()) == {0}, seen
    page.goto(f"{server.url}/datasets/")
    page.get_by_text(PAYLOADS[0], exact=True).first.wait_for()
