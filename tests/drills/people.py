"""A server of its own with people who have passwords."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.flows.conftest import Server, start_server, stop_server


@contextmanager
def a_server(home: Path, *people: str, **settings: str) -> Iterator[Server]:
    server, process = start_server(home, **settings)
    try:
        for person in people:
            server.passwords[person] = secrets.token_urlsafe(16)
            server.run(
                "user", "create", "--username", person, "--email", f"{person}@example.org",
                "--role", "user", "--password-stdin", stdin=server.passwords[person] + "\n",
            )  # fmt: skip
        yield server
    finally:
        stop_server(process)


def sign_in_page(server: Server, name: str, password: str) -> requests.Response:
    browser = requests.Session()
    address = f"{server.url}/accounts/login/"
    page = browser.get(address, timeout=120)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    said = {"login": name, "password": password, "csrfmiddlewaretoken": token[1]}
    return browser.post(address, data=said, timeout=120)
