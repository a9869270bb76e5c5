"""Servers: one that all flows share, and those that a test starts for itself."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import PEOPLE, TestServer, start_server, stop_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """With alice and bob, both in acme, charlie and mallory; nobody changes its settings for good."""
    made, process = start_server(tmp_path_factory.mktemp("home"))
    try:
        made.add_people(*PEOPLE)
        made.run("org", "create", "acme", "--member", "alice")
        made.run("org", "add", "acme", "--member", "bob")
        last = made.run("key", "create", "--user", "alice").strip().splitlines()[-1]
        made.key_id, made.key_secret = last.split(":")
        yield made
    finally:
        stop_server(process)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Callable[..., TestServer]]:
    """Starts servers of this test's own, each with alice in it unless it is to be a fresh one."""
    running = []

    def start(*, is_fresh: bool = False, **settings: str) -> TestServer:
        made, process = start_server(tmp_path, **settings)
        running.append(process)
        if is_fresh:
            return made
        made.add_person("alice", "admin")
        return made

    try:
        yield start
    finally:
        for process in running:
            stop_server(process)
