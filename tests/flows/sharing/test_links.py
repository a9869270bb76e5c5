"""SH-13, 15, 35, 36, 72, AD-34: links and embed tokens over the wire, and how they end on an open socket."""

import asyncio
import contextlib
import json
import re
import time

import pytest
import requests
import websockets

from tests.asynchronous import run_async
from tests.servers import TestServer
from tests.waiting import machine_load, wait_for_settings

pytestmark = pytest.mark.flow
ORIGIN = "https://intranet.example.org"


@pytest.fixture(scope="module")
def dataset(server: TestServer) -> str:
    server.run("config", "set", "EMBED_ORIGINS", ORIGIN)
    wait_for_settings()
    said = {"node_encodings": {"bindings": {}}, "metadata": {}, "name": "ring",
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    server.post(f"/api/v2/upload/datasets/{made}/edges/csv", data=b"s,d\n1,2\n2,3\n3,1\n")
    server.ready(made)
    private = {"obj_pk": made, "obj_type": "dataset", "mode": "private"}
    assert server.post("/api/v2/share/link/", json=private).status_code == 200
    return made


def make_link(server: TestServer, dataset: str, **said: object) -> dict:
    answer = server.post(f"/api/v2/datasets/{dataset}/links/", json=said)
    assert answer.status_code == 201, answer.text
    return answer.json()


def open_link(
    server: TestServer, address: str, person: str | None = None, origin: str = ""
) -> requests.Response:
    token = address.partition("#")[2]
    return server.post("/api/v2/share/open/", person, json={"token": token, "origin": origin})


def view(server: TestServer, dataset: str, given: str, origin: str = "", path: str = "") -> int:
    headers = {"Authorization": f"Pass {given}", "X-Embed-Origin": origin}
    return requests.get(
        f"{server.url}/api/view/{dataset}/{path}", headers=headers, timeout=120
    ).status_code


def test_sh15_a_link_shows_one_graph_counts_and_ends(server: TestServer, dataset: str) -> None:
    link = make_link(server, dataset, days=1)
    opened = open_link(server, link["address"]).json()

    assert opened["dataset_id"] == dataset
    assert view(server, dataset, opened["pass"]) == 200
    assert view(server, dataset, opened["pass"], path="columns/") == 200
    assert view(server, "0" * 32, opened["pass"]) == 404
    said = server.get(f"/api/v2/datasets/{dataset}/who/").json()
    assert [one["use_count"] for one in said["links"] if one["link_id"] == link["link_id"]] == [1]
    headers = {"Authorization": f"Bearer {server.token()}"}
    address = f"{server.url}/api/v2/datasets/{dataset}/links/{link['link_id']}/"
    assert requests.delete(address, headers=headers, timeout=120).status_code == 204
    assert view(server, dataset, opened["pass"]) == 401
    assert open_link(server, link["address"]).status_code == 404


@pytest.mark.parametrize("name", ["max_uses", "most_uses"])  # the second is deprecated
def test_a_link_can_be_used_up(server: TestServer, dataset: str, name: str) -> None:
    link = make_link(server, dataset, **{"days": 1, name: 2})
    assert link[name] == 2
    codes = [open_link(server, link["address"]).status_code for _ in range(3)]

    assert codes == [200, 200, 404]


def test_a_link_for_a_person_is_nothing_to_others(server: TestServer, dataset: str) -> None:
    link = make_link(server, dataset, audience="person", email="bob@example.org")
    signed = make_link(server, dataset, audience="signed-in")

    codes = {
        who: (
            open_link(server, link["address"], who).status_code,
            open_link(server, signed["address"], who).status_code,
        )
        for who in (None, "bob", "mallory")
    }
    assert codes == {None: (404, 404), "bob": (200, 200), "mallory": (404, 200)}


def test_a_link_bound_to_a_site_opens_there_alone(server: TestServer, dataset: str) -> None:
    link = make_link(server, dataset, origin=ORIGIN)
    assert link["address"].startswith(f"{server.url}/embed/?origin={ORIGIN}#")
    opened = open_link(server, link["address"], origin=ORIGIN).json()["pass"]

    assert open_link(server, link["address"]).status_code == 404
    assert view(server, dataset, opened, ORIGIN) == 200
    assert view(server, dataset, opened, "https://evil.example.org") == 401
    refused = server.post(
        f"/api/v2/datasets/{dataset}/links/", json={"origin": "https://evil.example.org"}
    )
    assert refused.status_code == 400
    assert "EMBED_ORIGINS" in refused.json()["message"]


def test_strangers_and_viewers_make_no_links(server: TestServer, dataset: str) -> None:
    for person, code in (("mallory", 404), (None, 401)):
        answer = server.post(f"/api/v2/datasets/{dataset}/links/", person, json={})
        assert answer.status_code == code


def test_sh35_an_embed_token_is_for_one_graph_one_site_and_one_maker(
    server: TestServer, dataset: str
) -> None:
    last = server.run("key", "create", "--user", "alice", "--scope", "share", "--scope", "read")
    pair = last.strip().splitlines()[-1]
    headers = {"Authorization": f"PersonalKey {pair}"}
    body = {"dataset_id": dataset, "origin": ORIGIN}
    made = requests.post(
        f"{server.url}/api/v2/embed/token/", headers=headers, json=body, timeout=120
    )
    token = made.json()["token"]

    assert view(server, dataset, token, ORIGIN) == 200
    assert view(server, dataset, token, "") == 401
    body = {"dataset_id": dataset, "origin": "https://evil.example.org"}
    strange = requests.post(
        f"{server.url}/api/v2/embed/token/", headers=headers, json=body, timeout=120
    )
    assert strange.status_code == 400
    server.run("key", "revoke", pair.partition(":")[0])
    assert view(server, dataset, token, ORIGIN) == 401


@pytest.mark.parametrize("way", ["link", "token", "key"])
def test_sh72_an_open_socket_ends_within_a_second(
    server: TestServer, dataset: str, way: str
) -> None:
    address = f"ws://127.0.0.1:{server.port}/api/view/{dataset}/stream/"
    options: dict = {}
    if way == "link":
        link = make_link(server, dataset)
        opened = open_link(server, link["address"]).json()["pass"]
        options = {"subprotocols": ["graphkeep", f"pass.{opened}", "origin."]}
    else:
        pair = server.run("key", "create", "--user", "alice").strip().splitlines()[-1]
        bearer = f"PersonalKey {pair}"
        if way == "token":
            said = requests.post(
                f"{server.url}/api/v2/auth/pkey/jwt/",
                headers={"Authorization": bearer},
                timeout=120,
            )
            bearer = f"Bearer {said.json()['token']}"
        options = {"additional_headers": {"Authorization": bearer}}

    async def lives() -> float:
        async with websockets.connect(address, open_timeout=120, **options) as socket:
            assert json.loads(await socket.recv())["state"] == "ready"
            await asyncio.sleep(1)
            if way == "link":
                token = await asyncio.to_thread(server.token)
                await asyncio.to_thread(
                    requests.delete,
                    f"{server.url}/api/v2/datasets/{dataset}/links/{link['link_id']}/",
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=120,
                )
            else:
                await asyncio.to_thread(server.run, "key", "revoke", pair.partition(":")[0])
            revoked = time.monotonic()
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    await asyncio.wait_for(socket.recv(), 60)
            assert socket.close_code == 4404
            return time.monotonic() - revoked

    assert run_async(lives()) < 1.0 * machine_load()


def test_sh13_sh36_who_may_frame_what(server: TestServer, dataset: str) -> None:
    def ancestors(path: str, person: str | None = "alice") -> str:
        answer = server.get(path, person)
        assert ("X-Frame-Options" in answer.headers) is (
            re.search("frame-ancestors '(none|self)';", answer.headers["Content-Security-Policy"])
            is not None
        )
        return (
            answer.headers["Content-Security-Policy"]
            .partition("frame-ancestors ")[2]
            .partition(";")[0]
        )

    page = f"/graph/graph.html?dataset={dataset}"
    assert ancestors(page) == "'self'"
    assert ancestors(page, None) == "'none'"
    assert ancestors("/accounts/login/", None) == "'none'"
    assert ancestors(f"/embed/?origin={ORIGIN}", None) == ORIGIN
    assert (
        requests.get(
            f"{server.url}/embed/?origin=https://evil.example.org", timeout=120
        ).status_code
        == 403
    )
    public = {"obj_pk": dataset, "obj_type": "dataset", "mode": "public"}
    server.post("/api/v2/share/link/", json=public)
    assert ancestors(page, None) == "*"
    server.run("config", "set", "EMBED_PUBLIC", "off")
    wait_for_settings()
    assert ancestors(page, None) == "'self'"
    server.run("config", "set", "EMBED_PUBLIC", "on")
    server.post("/api/v2/share/link/", json={**public, "mode": "private"})


def test_ad34_unknown_and_forbidden_read_the_same(server: TestServer, dataset: str) -> None:
    answers = [
        server.get(f"/graph/graph.html?dataset={one}", "mallory") for one in (dataset, "f" * 32)
    ]
    texts = {answer.text for answer in answers}

    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(texts) == 1


def test_sh69_a_key_that_may_not_read_opens_no_socket(server: TestServer, dataset: str) -> None:
    address = f"ws://127.0.0.1:{server.port}/api/view/{dataset}/stream/"

    async def first_word(scope: str) -> str:
        made = server.run("key", "create", "--user", "alice", "--scope", scope)
        pair = made.strip().splitlines()[-1]
        headers = {"Authorization": f"PersonalKey {pair}"}
        async with websockets.connect(
            address, open_timeout=120, additional_headers=headers
        ) as socket:
            try:
                return json.loads(await socket.recv())["name"]
            except websockets.ConnectionClosed:
                return f"closed {socket.close_code}"

    assert run_async(first_word("read")) == "ring"
    assert run_async(first_word("upload")) == "closed 4404"


def test_a_link_of_no_days_is_refused_not_mended(server: TestServer, dataset: str) -> None:
    for days in (0, 366, "7"):
        answer = server.post(f"/api/v2/datasets/{dataset}/links/", json={"days": days})
        assert answer.status_code == 400
