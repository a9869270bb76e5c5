"""A first sign-in in the browser finds three graphs; the machine's is the first Admin's alone."""

import re

import pytest
import requests

from tests.servers import TestServer
from tests.waiting import wait_until

pytestmark = pytest.mark.flow


def sign_in(server: TestServer, person: str) -> requests.Session:
    browser = requests.Session()
    page = browser.get(f"{server.url}/accounts/login/", timeout=120)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    answer = browser.post(
        f"{server.url}/accounts/login/",
        data={
            "login": person,
            "password": server.passwords[person],
            "csrfmiddlewaretoken": token[1],
        },
        timeout=120,
    )
    assert answer.url == f"{server.url}/datasets/", answer.text
    return browser


def samples(browser: requests.Session, server: TestServer, count: int) -> list[dict]:
    def made() -> list[dict]:
        found = browser.get(f"{server.url}/api/v2/datasets/?order=created_at", timeout=120).json()
        rows = [row for row in found["results"] if row["metadata"].get("agent") == "graphkeep"]
        return rows if len(rows) == count and all(row["edge_count"] for row in rows) else []

    return wait_until(made, "the samples are still being made")


def test_samples_are_private_and_the_machine_is_for_the_first_admin(server: TestServer) -> None:
    server.passwords["root"] = "violet-tram-07-harbour"
    server.run(
        "user", "create", "--username", "root", "--email", "root@example.org",
        "--role", "admin", "--password-stdin", stdin="violet-tram-07-harbour\n",
    )  # fmt: skip
    admin = samples(sign_in(server, "root"), server, 3)
    bob = samples(sign_in(server, "bob"), server, 2)

    assert sorted(row["name"] for row in admin) == [
        "An intrusion",
        "Les Misérables",
        "Your machine",
    ]
    assert sorted(row["name"] for row in bob) == ["An intrusion", "Les Misérables"]
    assert {row["privacy"] for row in (*admin, *bob)} == {"private"}
    machine = next(row for row in admin if row["name"] == "Your machine")
    for person in ("alice", "bob", None):
        assert server.get(f"/api/view/{machine['dataset_id']}/", person).status_code == 404
    novel = next(row for row in bob if row["name"] == "Les Misérables")
    assert (novel["node_count"], novel["edge_count"]) == (77, 254)


def test_a_write_with_a_cookie_needs_the_csrf_token(server: TestServer) -> None:
    browser = sign_in(server, "charlie")
    row = {"name": "x", "file_type": "csv"}

    refused = browser.post(f"{server.url}/api/v2/files/", json=row, timeout=120)
    page = browser.get(f"{server.url}/datasets/", timeout=120)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert token is not None
    foreign = browser.post(
        f"{server.url}/api/v2/files/",
        json=row,
        headers={"X-CSRFToken": token[1], "Origin": "http://evil.example"},
        timeout=120,
    )
    good = browser.post(
        f"{server.url}/api/v2/files/", json=row, headers={"X-CSRFToken": token[1]}, timeout=120
    )
    assert (refused.status_code, foreign.status_code, good.status_code) == (403, 403, 201)
