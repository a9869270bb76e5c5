"""AD-05, AD-12, AD-30, SH-86: no secret reaches a log at any level, the trail, or the database in the clear."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from tests.servers import TestServer, running_server, sign_in_page

pytestmark = pytest.mark.flow


def test_ad05_canaries_are_nowhere_to_be_found(tmp_path: Path) -> None:
    with running_server(
        tmp_path, "alice", LOG_LEVEL="DEBUG", GRAPHKEEP_ACCESS_LOG="true"
    ) as server:
        canaries = {"password": server.passwords["alice"], "wrong password": "canary-of-a-guess-77"}
        canaries["token"] = server.token()
        server.post(
            "/api-token-auth/", None, json={"username": "alice", "password": "canary-of-a-guess-77"}
        )
        page = sign_in_page(server, "alice", server.passwords["alice"])
        canaries["session"] = page.request._cookies["sessionid"]
        pair = server.run("key", "create", "--user", "alice").strip().splitlines()[-1]
        canaries["key"] = pair.partition(":")[2]
        requests.get(
            f"{server.url}/api/v2/files/",
            headers={"Authorization": f"PersonalKey {pair}"},
            timeout=120,
        )
        said = {
            "node_encodings": {"bindings": {}},
            "metadata": {},
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
        }
        made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
        link = server.post(f"/api/v2/datasets/{made}/links/", json={}).json()["address"]
        canaries["link"] = link.partition("#")[2]
        opened = server.post("/api/v2/share/open/", None, json={"token": canaries["link"]}).json()[
            "pass"
        ]
        canaries["pass"] = opened
        server.get(f"/api/view/{made}/?token={opened}")
        invitation = (
            server.run("user", "invite").strip().splitlines()[-1].rstrip("/").rpartition("/")[2]
        )
        canaries["invitation"] = invitation
        requests.get(f"{server.url}/accounts/invitation/{invitation}/", timeout=120)
        time.sleep(0.3)
        trail = server.run("audit")
    log = (tmp_path / "server.log").read_text()
    database = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("db.sqlite3*"))

    assert "graphkeep.access: GET /api/view" in log
    assert made not in "\n".join(line for line in log.splitlines() if "graphkeep.access" in line)
    assert {name: secret in log for name, secret in canaries.items()} == dict.fromkeys(
        canaries, False
    )
    assert {name: secret in trail for name, secret in canaries.items()} == dict.fromkeys(
        canaries, False
    )
    assert {
        name: secret.encode() in database for name, secret in canaries.items()
    } == dict.fromkeys(canaries, False)


def test_ad30_the_trail_names_who_typed_a_command(server: TestServer) -> None:
    olga = replace(server, env={**server.env, "SUDO_USER": "olga"})
    olga.run("org", "create", "olgas-team")
    lines = server.run("audit", "--event", "organization.created").splitlines()
    line = next(one for one in map(json.loads, lines) if one["credential"] == "cli:olga")

    assert (line["actor"], line["credential"]) == ("cli", "cli:olga")


def test_signing_out_clears_what_the_browser_kept(server: TestServer) -> None:
    browser = requests.Session()
    for path, said in (
        ("login", {"login": "alice", "password": server.passwords["alice"]}),
        ("logout", {}),
    ):
        address = f"{server.url}/accounts/{path}/"
        page = browser.get(address, timeout=120).text
        token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        answer = browser.post(
            address,
            data={**said, "csrfmiddlewaretoken": token},
            timeout=120,
            allow_redirects=False,
        )

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert {one.name for one in browser.cookies} <= {"csrftoken"}
