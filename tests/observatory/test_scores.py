"""G4: MDN's HTTP Observatory, its own scanner, on every kind of page under TLS."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.observatory.tls import Tls, behind_tls
from tests.servers import TestServer, running_server

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE = Path(sys.executable).parent / "node"
PASSWORD_PAGES = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/share/")
OWN_PAGES = (
    "/datasets/", "/accounts/", "/accounts/sessions/", "/accounts/2fa/", "/accounts/password/change/",
    "/users/personal/key/", "/organizations/", "/accounts/logout/", "/docs/", "/admin-portal/",
    "/admin-portal/accounts/user/", "/admin-portal/settings/config/",
    "/admin-portal/accounts/auditevent/",
)  # fmt: skip


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tls]:
    with (
        running_server(
            tmp_path_factory.mktemp("home"),
            "alice",
            COOKIE_SECURE="true",
            TRUSTED_PROXIES="127.0.0.0/8",
        ) as server,
        behind_tls(tmp_path_factory.mktemp("tls"), server) as made,
    ):
        yield made


def scanner() -> None:
    if not (HERE / "node_modules").exists():
        npm = Path(sys.executable).parent / "npm"
        words = [npm, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
        path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(words, cwd=HERE, check=True, env={**os.environ, "PATH": path})
    # What the scanner would download when it is installed: a list of preloaded hosts, which we are not.
    conf = HERE / "node_modules/@mdn/mdn-http-observatory/conf"
    (conf / "hsts-preload.json").write_text("{}")


def signed_in_cookies(tls: Tls) -> str:
    browser = requests.Session()
    browser.trust_env, browser.verify = False, str(tls.authority)
    address = f"{tls.url}/accounts/login/"
    page = browser.get(address, timeout=120).text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    said = {
        "login": "alice",
        "password": tls.server.passwords["alice"],
        "csrfmiddlewaretoken": token,
    }
    answer = browser.post(address, data=said, headers={"Referer": address}, timeout=120)
    assert answer.url.endswith("/datasets/"), answer.text
    address = f"{tls.url}/accounts/reauthenticate/"
    page = browser.get(address, timeout=120).text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    said = {"password": tls.server.passwords["alice"], "csrfmiddlewaretoken": token}
    browser.post(address, data=said, headers={"Referer": address}, timeout=120)
    assert all(cookie.secure for cookie in browser.cookies)
    return "; ".join(f"{one.name}={one.value}" for one in browser.cookies)


def graph(server: TestServer, privacy: str) -> str:
    said = {"node_encodings": {"bindings": {}}, "metadata": {},
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    server.post(
        "/api/v2/share/link/", json={"obj_pk": made, "obj_type": "dataset", "mode": privacy}
    )
    return f"/graph/graph.html?dataset={made}"


def test_g4_every_page_scores_130_and_a_public_embed_120(
    tls: Tls,
) -> None:
    server = tls.server
    server.run("user", "role", "alice", "admin")
    scanner()
    public, private = graph(server, "public"), graph(server, "private")
    pages = [
        *({"path": path, "isSignedIn": False} for path in (*PASSWORD_PAGES, public)),
        *({"path": path, "isSignedIn": True} for path in (*OWN_PAGES, private)),
    ]
    said = {
        "pages": pages,
        "httpPort": tls.plain_port,
        "httpsPort": tls.port,
        "cookies": signed_in_cookies(tls),
    }

    done = subprocess.run(
        [NODE, HERE / "scan.mjs"],
        input=json.dumps(said),
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(tls.authority)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert {path: one["status"] for path, one in found.items()} == {
        page["path"]: 200 for page in pages
    }, (server.home / "server.log").read_text()[-10_000:]
    low = {
        path: one for path, one in found.items() if one["score"] < (120 if path == public else 130)
    }
    assert low == {}
    print({path: one["score"] for path, one in found.items()})
