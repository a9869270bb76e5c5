"""A real server in a process of its own, with alice, bob (both in acme), charlie and mallory."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

GRAPHKEEP = Path(sys.executable).parent / "graphkeep"
PEOPLE = ("alice", "bob", "charlie", "mallory")


@dataclass
class Server:
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
        done = subprocess.run(
            [str(GRAPHKEEP), *words],
            input=stdin,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *words: str) -> str:
        """What a command says that must not succeed."""
        done = subprocess.run(
            [str(GRAPHKEEP), *words], env=self.env, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 2, done.stdout + done.stderr
        return done.stderr

    def token(self, person: str = "alice") -> str:
        answer = requests.post(
            f"{self.url}/api-token-auth/",
            json={"username": person, "password": self.passwords[person]},
            timeout=30,
        )
        return answer.json()["token"]

    def get(self, path: str, person: str | None = "alice") -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token(person)}"} if person else {}
        return requests.get(f"{self.url}{path}", headers=headers, timeout=60)

    def post(self, path: str, person: str | None = "alice", **body: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token(person)}"} if person else {}
        return requests.post(f"{self.url}{path}", headers=headers, timeout=120, **body)

    def ready(self, dataset_id: str, person: str | None = "alice", timeout_s: float = 90) -> dict:
        """The state of a dataset once its picture is ready."""
        state: dict = {}
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            answer = self.get(f"/api/view/{dataset_id}/", person)
            assert answer.status_code == 200, answer.text
            state = answer.json()
            if state["state"] == "failed" or (
                state["state"] == "ready" and state["layout"]["state"] not in {"running", "queued"}
            ):
                return state
            time.sleep(0.2)
        raise AssertionError(f"still not ready: {state}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(
    home: Path, *, host: str = "127.0.0.1", **settings: str
) -> tuple[Server, subprocess.Popen[bytes]]:
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
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [str(GRAPHKEEP), "up", "--host", host, "--port", str(port)],
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(home=home, port=port, env=env)
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            if requests.get(f"{server.url}/healthz", timeout=2).status_code == 200:
                return server, process
        except requests.RequestException:
            time.sleep(0.2)
    process.kill()
    raise AssertionError((home / "server.log").read_text())


def make_database(url: str, name: str) -> None:
    import psycopg

    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')


def stop_server(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made, process = start_server(tmp_path_factory.mktemp("home"))
    try:
        for person in PEOPLE:
            made.passwords[person] = secrets.token_urlsafe(16)
            made.run(
                "user", "create", "--username", person, "--email", f"{person}@example.org",
                "--role", "user", "--password-stdin",
                stdin=made.passwords[person] + "\n",
            )  # fmt: skip
        made.run("org", "create", "acme", "--member", "alice")
        made.run("org", "add", "acme", "--member", "bob")
        last = made.run("key", "create", "--user", "alice").strip().splitlines()[-1]
        made.key_id, made.key_secret = last.split(":")
        yield made
    finally:
        stop_server(process)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers of this test's own, each with alice in it."""
    running = []

    def start(**settings: str) -> Server:
        made, process = start_server(tmp_path, **settings)
        running.append(process)
        made.passwords["alice"] = secrets.token_urlsafe(16)
        words = ("--username", "alice", "--email", "alice@example.org", "--role", "admin")
        made.run("user", "create", *words, "--password-stdin", stdin=made.passwords["alice"] + "\n")
        return made

    try:
        yield start
    finally:
        for process in running:
            stop_server(process)
