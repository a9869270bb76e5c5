"""A server of its own with people who have passwords."""

import asyncio
import re
import secrets
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


def run_async(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser's driver may have a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
