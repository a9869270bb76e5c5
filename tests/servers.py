"""Graphkeep as a process of its own: a folder, a port, people with passwords, and its command line."""

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import requests

from tests.ports import free_port
from tests.waiting import wait_for_settings, wait_until

GRAPHKEEP = Path(sys.executable).parent / "graphkeep"
PEOPLE = ("alice", "bob", "charlie", "mallory")
START_S = 180
ADD_PEOPLE = """
import json, sys
from graphkeep.server.process.start import set_up_django
set_up_django()
from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.operations.people import create_user
for name, password in json.load(sys.stdin).items():
    create_user(username=name, email=f"{name}@example.org", password=password, role="user", actor=CONSOLE)
"""


@dataclass
class TestServer:
    __test__: ClassVar[bool] = False  # a class of ours, not a group of tests

    home: Path
    port: int
    env: dict[str, str]
    passwords: dict[str, str] = field(default_factory=dict)
    key_id: str = ""
    key_secret: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words: str, stdin: str = "") -> str:
        """What a command prints that must succeed."""
        done = self.attempt(*words, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *words: str) -> str:
        """What a command says that must not succeed."""
        done = self.attempt(*words)
        assert done.returncode == 2, done.stdout + done.stderr
        return done.stderr

    def attempt(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(GRAPHKEEP), *words], input=stdin, env=self.env, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip

    def configure(self, **settings: str) -> None:
        """Runtime settings, and the time until every process has read them."""
        for name, value in settings.items():
            self.run("config", "set", name, value)
        wait_for_settings()

    def add_person(self, name: str, role: str = "user", password: str = "") -> None:
        self.passwords[name] = password or secrets.token_urlsafe(16)
        self.run(
            "user", "create", "--username", name, "--email", f"{name}@example.org",
            "--role", role, "--password-stdin", stdin=self.passwords[name] + "\n",
        )  # fmt: skip

    def add_people(self, *names: str) -> None:
        """As `add_person`, all of them in one process: a command's start costs seconds of computing."""
        self.passwords |= {name: secrets.token_urlsafe(16) for name in names}
        wanted = {name: self.passwords[name] for name in names}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", ADD_PEOPLE], input=json.dumps(wanted),
            env=self.env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def token(self, person: str = "alice") -> str:
        answer = requests.post(
            f"{self.url}/api-token-auth/",
            json={"username": person, "password": self.passwords[person]},
            timeout=120,
        )
        return answer.json()["token"]

    def get(self, path: str, person: str | None = "alice") -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token(person)}"} if person else {}
        return requests.get(f"{self.url}{path}", headers=headers, timeout=120)

    def post(self, path: str, person: str | None = "alice", **body: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token(person)}"} if person else {}
        return requests.post(f"{self.url}{path}", headers=headers, timeout=120, **body)

    def ready(self, dataset_id: str, person: str | None = "alice", timeout_s: float = 180) -> dict:
        """The state of a dataset once its picture is ready, or has failed."""
        state: dict = {}

        def is_settled() -> bool:
            answer = self.get(f"/api/view/{dataset_id}/", person)
            assert answer.status_code == 200, answer.text
            state.clear()
            state.update(answer.json())
            return state["state"] == "failed" or (
                state["state"] == "ready" and state["layout"]["state"] not in {"running", "queued"}
            )

        wait_until(is_settled, lambda: state, deadline_s=timeout_s, poll_s=0.2)
        return state


def start_server(
    home: Path, *, host: str = "127.0.0.1", **settings: str
) -> tuple[TestServer, subprocess.Popen[bytes]]:
    port = free_port()
    env = {
        **os.environ,
        "GRAPHISTRY_HOME": str(home),
        "GRAPHKEEP_IMPORT_MEMORY": "1G",
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", str(home / ".cache/numba")),
        **settings,
    }
    env.pop("DJANGO_SETTINGS_MODULE", None)
    database = os.environ.get("GRAPHKEEP_TEST_DATABASE_URL")
    if database:
        name = "flow_" + secrets.token_hex(4)
        make_database(database, name)
        env["DATABASE_URL"] = urlsplit(database)._replace(path=f"/{name}").geturl()
    log = home / "server.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [str(GRAPHKEEP), "up", "--host", host, "--port", str(port)],
            env=env,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    server = TestServer(home=home, port=port, env=env)
    try:
        wait_until(
            lambda: process.poll() is not None or is_healthy(server), log.read_text,
            deadline_s=START_S,
        )  # fmt: skip
        assert process.poll() is None, log.read_text()
    except BaseException:
        process.kill()
        raise
    return server, process


def is_healthy(server: TestServer) -> bool:
    try:
        return requests.get(f"{server.url}/healthz", timeout=10).status_code == 200
    except requests.RequestException:
        return False


def make_database(url: str, name: str) -> None:
    import psycopg

    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')


def stop_server(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def running_server(home: Path, *people: str, **settings: str) -> Iterator[TestServer]:
    server, process = start_server(home, **settings)
    try:
        server.add_people(*people)
        yield server
    finally:
        stop_server(process)


def sign_in_page(server: TestServer, name: str, password: str) -> requests.Response:
    browser = requests.Session()
    address = f"{server.url}/accounts/login/"
    page = browser.get(address, timeout=120)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    said = {"login": name, "password": password, "csrfmiddlewaretoken": token[1]}
    return browser.post(address, data=said, timeout=120)
