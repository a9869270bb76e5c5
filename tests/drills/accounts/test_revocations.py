"""SH-09, 72, G20: what is revoked works no more one second after the answer, on two workers and an open socket."""

import asyncio
import contextlib
import os
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests
import websockets

from tests.asynchronous import run_async
from tests.servers import TestServer, running_server, sign_in_page
from tests.waiting import machine_load, wait_for_settings

ALL = bool(os.environ.get("GRAPHKEEP_PROVE"))
KINDS = ("user", "session", "key", "link", "embed token", "organization")
COUNT = 102 if ALL else 12
ORIGIN = "https://intranet.example.org"


@dataclass
class Way:
    """One way in: how it asks, how its socket opens, how it is taken back."""

    headers: dict
    protocols: list
    revoke: Callable[[], None]


def test_nothing_that_is_revoked_works_a_second_later(tmp_path: Path) -> None:
    with running_server(tmp_path, "alice", "bob", GRAPHKEEP_WORKERS="2") as server:
        server.run("config", "set", "EMBED_ORIGINS", ORIGIN)
        server.run("org", "create", "acme", "--member", "alice")
        wait_for_settings()
        graph = a_graph(server, "alice")
        dice = random.Random(7)
        survivors = []
        for number in range(COUNT):
            kind = KINDS[number % len(KINDS)] if number < len(KINDS) else dice.choice(KINDS)
            outcome = run_async(revoked(server, graph, kind, number))
            if outcome:
                survivors.append((number, kind, outcome))

    assert survivors == []


async def revoked(server: TestServer, graph: str, kind: str, number: int) -> str:
    """What went wrong, or nothing."""
    way = await asyncio.to_thread(make_way, server, graph, kind, number)
    path = f"{server.url}/api/view/{graph}/"
    if await asyncio.to_thread(code, path, way) != 200:
        return "it did not work before"
    options: dict = {"additional_headers": way.headers}
    if way.protocols:
        options = {"subprotocols": way.protocols}
    address = f"ws://127.0.0.1:{server.port}/api/view/{graph}/stream/"
    async with websockets.connect(address, open_timeout=120, **options) as socket:
        await socket.recv()
        await asyncio.to_thread(way.revoke)
        ends_by = time.monotonic() + 1.0 * machine_load()
        with contextlib.suppress(websockets.ConnectionClosed, TimeoutError):
            while True:
                await asyncio.wait_for(socket.recv(), ends_by - time.monotonic())
        if socket.close_code is None:
            return "its socket was open after a second"
    codes = {await asyncio.to_thread(code, path, way) for _ in range(8)}
    return "" if codes <= {401, 404} else f"it still answered {codes}"


def code(path: str, way: Way) -> int:
    headers = {**way.headers, "Connection": "close"}  # each request may meet either worker
    return requests.get(path, headers=headers, timeout=120).status_code


def a_graph(server: TestServer, person: str) -> str:
    said = {"node_encodings": {"bindings": {}}, "metadata": {}, "org_name": "acme",
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
    made = server.post("/api/v2/upload/datasets/", person, json=said).json()["data"]["dataset_id"]
    server.post(f"/api/v2/upload/datasets/{made}/edges/csv", person, data=b"s,d\n1,2\n2,3\n")
    server.ready(made, person)
    mode = {"obj_pk": made, "obj_type": "dataset", "mode": "organization"}
    assert server.post("/api/v2/share/link/", person, json=mode).status_code == 200
    return made


def make_way(server: TestServer, graph: str, kind: str, number: int) -> Way:
    return {
        "user": a_user,
        "session": a_session,
        "key": a_key,
        "link": a_link,
        "embed token": an_embed_token,
        "organization": a_membership,
    }[kind](server, graph, number)


def a_member(server: TestServer, name: str) -> str:
    password = secrets.token_urlsafe(16)
    server.run("user", "create", "--username", name, "--email", f"{name}@example.org", "--role",
               "user", "--password-stdin", stdin=password + "\n")  # fmt: skip
    server.run("org", "add", "acme", "--member", name)
    server.passwords[name] = password
    return server.token(name)


def a_user(server: TestServer, _: str, number: int) -> Way:
    token = a_member(server, f"user{number}")
    return Way(
        {"Authorization": f"Bearer {token}"},
        [],
        lambda: quietly(server, "user", "role", f"user{number}", "inactive"),
    )


def a_membership(server: TestServer, _: str, number: int) -> Way:
    token = a_member(server, f"member{number}")
    return Way(
        {"Authorization": f"Bearer {token}"},
        [],
        lambda: quietly(server, "org", "remove", "acme", "--member", f"member{number}"),
    )


def a_session(server: TestServer, _: str, __: int) -> Way:
    answer = sign_in_page(server, "alice", server.passwords["alice"])
    cookies = answer.history[0].cookies
    cookie = "; ".join(f"{name}={cookies[name]}" for name in ("sessionid", "graphistry_jwt"))
    csrf = requests.Session()
    csrf.headers["Cookie"] = cookie

    def revoke() -> None:
        page = csrf.get(f"{server.url}/accounts/logout/", timeout=120)
        token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        given = page.cookies["csrftoken"]
        done = requests.post(
            f"{server.url}/accounts/logout/",
            data={"csrfmiddlewaretoken": token},
            headers={"Cookie": f"{cookie}; csrftoken={given}"},
            timeout=120,
            allow_redirects=False,
        )
        assert done.status_code == 302, done.text

    return Way({"Cookie": cookie}, [], revoke)


def new_key(server: TestServer) -> tuple[str, Callable[[], None]]:
    """A key of alice's and its end, both over the wire."""
    headers = {"Authorization": f"Bearer {server.token()}"}
    address = f"{server.url}/api/v2/auth/pkey/"
    made = requests.post(address, json={}, headers=headers, timeout=120).json()

    def revoke() -> None:
        answer = requests.delete(f"{address}{made['key_id']}/", headers=headers, timeout=120)
        assert answer.status_code == 204

    return f"{made['key_id']}:{made['key_secret']}", revoke


def a_key(server: TestServer, _: str, __: int) -> Way:
    pair, revoke = new_key(server)
    return Way({"Authorization": f"PersonalKey {pair}"}, [], revoke)


def a_link(server: TestServer, graph: str, _: int) -> Way:
    made = server.post(f"/api/v2/datasets/{graph}/links/", json={}).json()
    token = made["address"].partition("#")[2]
    given = server.post("/api/v2/share/open/", None, json={"token": token}).json()["pass"]
    headers = {"Authorization": f"Bearer {server.token()}"}
    address = f"{server.url}/api/v2/datasets/{graph}/links/{made['link_id']}/"

    def revoke() -> None:
        assert requests.delete(address, headers=headers, timeout=120).status_code == 204

    return Way(
        {"Authorization": f"Pass {given}"}, ["graphkeep", f"pass.{given}", "origin."], revoke
    )


def an_embed_token(server: TestServer, graph: str, _: int) -> Way:
    pair, revoke = new_key(server)
    body = {"dataset_id": graph, "origin": ORIGIN}
    headers = {"Authorization": f"PersonalKey {pair}"}
    made = requests.post(
        f"{server.url}/api/v2/embed/token/", json=body, headers=headers, timeout=120
    )
    given = made.json()["token"]
    return Way(
        {"Authorization": f"Pass {given}", "X-Embed-Origin": ORIGIN},
        ["graphkeep", f"pass.{given}", f"origin.{ORIGIN.encode().hex()}"],
        revoke,
    )


def quietly(server: TestServer, *words: str) -> None:
    server.run(*words)
