"""Servers that are killed at any moment: what was acknowledged is whole, what was not is whole or not there."""

import hashlib
import json
import os
import random
import secrets
import signal
import sqlite3
import subprocess
import threading
import time

import pytest
import requests

from tests.servers import GRAPHKEEP, start_server, stop_server
from tests.waiting import machine_load

pytestmark = pytest.mark.flow
PROVE = bool(os.environ.get("GRAPHKEEP_PROVE"))
KILLS = 200 if PROVE else 3
HEALTHY_WITHIN_S = 10
VICTIMS = ("everything", "the web process", "the worker")
MODES = ("private", "organization", "public")


class Ledger:
    """What the server has promised, and what it was asked for and had not answered when it died."""

    def __init__(self):
        self.lock = threading.Lock()
        self.content = {}  # dataset -> SHA-256 of its rows, once acknowledged
        self.privacy = {}
        self.deleted = set()
        self.open = {}  # dataset -> (deed, value) that nobody has answered yet

    def begin(self, dataset, deed, value=None):
        with self.lock:
            self.open[dataset] = (deed, value)

    def done(self, dataset):
        with self.lock:
            deed, value = self.open.pop(dataset)
            match deed:
                case "rows":
                    self.content[dataset] = value
                case "share":
                    self.privacy[dataset] = value
                case "delete":
                    self.deleted.add(dataset)
                    self.content.pop(dataset, None)


class Life:
    """One server's life, with people at work until it is killed."""

    def __init__(self, server, ledger, seed):
        self.server, self.ledger, self.seed = server, ledger, seed
        self.token = server.token()
        self.over = threading.Event()
        self.strange = []
        self.threads = [
            threading.Thread(target=self.work, args=(random.Random(seed.random()),))
            for _ in range(3)
        ]
        for one in self.threads:
            one.start()

    def end(self):
        self.over.set()
        for one in self.threads:
            one.join()
        assert self.strange == []

    def work(self, seed):
        with requests.Session() as http:
            http.headers["Authorization"] = f"Bearer {self.token}"
            while not self.over.is_set():
                try:
                    self.deed(http, seed)
                except requests.RequestException:
                    time.sleep(0.05)

    def deed(self, http, seed):
        ledger = self.ledger
        with ledger.lock:
            free = [one for one in ledger.content if one not in ledger.open]
        what = seed.choices(("new", "share", "delete", "again"), (4, 4, 2, 2))[0]
        if what == "new" or not free:
            said = {
                "metadata": {},
                "node_encodings": {"bindings": {}},
                "edge_encodings": {"bindings": {"source": "s", "destination": "d"}},
            }
            made = self.asked(http.post, "/api/v2/upload/datasets/", json=said)
            if made is not None:
                self.feed(http, seed, made.json()["data"]["dataset_id"])
            return
        dataset = seed.choice(free)
        with ledger.lock:
            if dataset in ledger.open or dataset not in ledger.content:
                return
            ledger.open[dataset] = ("choosing", None)
        match what:
            case "share":
                mode = seed.choice(MODES)
                ledger.begin(dataset, "share", mode)
                said = {"obj_pk": dataset, "obj_type": "dataset", "mode": mode}
                if self.asked(http.post, "/api/v2/share/link/", json=said):
                    ledger.done(dataset)
            case "delete":
                ledger.begin(dataset, "delete")
                if self.asked(http.delete, f"/api/v2/datasets/{dataset}/") is not None:
                    ledger.done(dataset)
            case "again":
                self.feed(http, seed, dataset)

    def feed(self, http, seed, dataset):
        rows = "\n".join(
            f"{seed.randrange(99)},{seed.randrange(99)}" for _ in range(seed.randrange(1, 3000))
        )
        body = f"s,d\n{rows}\n".encode()
        self.ledger.begin(dataset, "rows", hashlib.sha256(body).hexdigest())
        if self.asked(http.post, f"/api/v2/upload/datasets/{dataset}/edges/csv", data=body):
            self.ledger.done(dataset)
            http.get(f"{self.server.url}/api/view/{dataset}/", timeout=30)

    def asked(self, ask, path, **body):
        """The answer, or nothing where the server was dying."""
        answer = ask(f"{self.server.url}{path}", timeout=30, **body)
        if answer.status_code < 300:
            return answer
        if not self.over.is_set() and answer.status_code != 503:
            self.strange.append((path, answer.status_code, answer.text[:200]))
        return None


def running(home):
    return json.loads((home / "data/server.json").read_text())


def kill(server, process, victim):
    note = running(server.home)
    if victim == "everything":
        pids = [note["pid"], note["worker_pid"], *note["web_pids"]]
    else:
        pids = note["web_pids"] if victim == "the web process" else [note["worker_pid"]]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    if victim == "everything":
        process.wait()


def start_again(server):
    with (server.home / "server.log").open("ab") as log:
        return subprocess.Popen(
            [str(GRAPHKEEP), "up", "--port", str(server.port)],
            env=server.env, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip


def seconds_until_healthy(server, started):
    while time.monotonic() - started < 180:
        try:
            if requests.get(f"{server.url}/healthz", timeout=10).status_code == 200:
                return time.monotonic() - started
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError((server.home / "server.log").read_text()[-3000:])


def check(server, ledger):
    """Hold what the server shows and what lies on its disk against the ledger."""
    headers = {"Authorization": f"Bearer {server.token()}"}
    listed, address = {}, f"{server.url}/api/v2/datasets/?limit=100"
    while address:
        page = requests.get(address, headers=headers, timeout=30).json()
        listed |= {row["dataset_id"]: row for row in page["results"]}
        address = page["next"]

    assert ledger.deleted & set(listed) == set()
    for dataset in ledger.content:
        if ledger.open.get(dataset, ("",))[0] != "delete":
            assert dataset in listed, f"{dataset} was acknowledged and is gone"
    held = on_disk(server.home)
    for dataset in listed:
        deed, value = ledger.open.pop(dataset, ("", None))
        promised = {ledger.content.get(dataset), value if deed == "rows" else None} - {None}
        if not held[dataset]["sha256"]:
            assert dataset not in ledger.content, f"{dataset} lost its rows"
            continue
        assert held[dataset]["sha256"] in promised
        ledger.content[dataset] = held[dataset]["sha256"]
        said = {ledger.privacy.get(dataset, "public"), value if deed == "share" else None}
        assert held[dataset]["privacy"] in said
        ledger.privacy[dataset] = held[dataset]["privacy"]
        state = requests.get(f"{server.url}/api/view/{dataset}/", headers=headers, timeout=30)
        assert state.status_code == 200, state.text
        assert state.json()["state"] in {"ready", "preparing"}, state.text
    for dataset in set(ledger.open) - set(listed):
        deed, _ = ledger.open.pop(dataset)
        if deed == "delete":
            ledger.deleted.add(dataset)
            ledger.content.pop(dataset, None)


def on_disk(home):
    """Each dataset's rows by hash, as its record names them and as they lie; both must be the same."""
    found = {}
    with sqlite3.connect(home / "data/db.sqlite3") as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = link.execute(
            "select d.dataset_id, d.privacy, d.version = d.prepared_version, f.file_id, f.sha256, f.tables "
            "from datasets_dataset d left join datasets_file f on d.edge_data_id = f.id"
        ).fetchall()
    link.close()
    for dataset, privacy, is_prepared, file_id, sha256, tables in rows:
        if file_id is not None:
            folder = home / "data/uploads" / file_id
            content = folder / json.loads(tables)[0]["path"]
            assert content.exists(), f"{dataset} names a table that is not there"
            if sha256:  # tables of our own making, such as samples, came as no file
                raw = content.with_name("raw").read_bytes()
                assert hashlib.sha256(raw).hexdigest() == sha256
        if is_prepared:
            names = {one.name for one in (home / "data/graphs" / dataset).iterdir()}
            assert {"nodes.arrow", "edges.arrow", "ends.arrays", "view.arrays"} <= names
        found[dataset] = {"privacy": privacy, "sha256": sha256}
    return found


def secret_of(server, *, plant=False):
    """A stored secret, as the server's own keys open it."""
    text = """
from graphkeep.server.process.start import set_up_django
set_up_django()
import sys
from allauth.mfa.models import Authenticator
from graphkeep.accounts.models import User
from graphkeep.accounts.secret_box import decrypt, encrypt
bob, _ = User.objects.get_or_create(username="bob")
if "plant" in sys.argv:
    Authenticator.objects.get_or_create(user=bob, type="planted", defaults={"data": {"secret": encrypt("canary")}})
print(decrypt(Authenticator.objects.get(user=bob, type="planted").data["secret"]))
"""
    python = GRAPHKEEP.with_name("python")
    words = [str(python), "-W", "ignore", "-c", text, *(["plant"] if plant else [])]
    done = subprocess.run(words, env=server.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def rotate_meanwhile(server):
    return subprocess.Popen(
        [str(GRAPHKEEP), "secrets", "rotate", "encryption"],
        env=server.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.skipif("GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="reads SQLite's file")
def test_sh85_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path, monkeypatch):
    for name in ("DJANGO_SECRET_KEY", "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)
    seed = random.Random(85)
    ledger, waits = Ledger(), []
    server, process = start_server(tmp_path)
    try:
        server.passwords["alice"] = secrets.token_urlsafe(16)
        words = ("--username", "alice", "--email", "alice@example.org", "--role", "admin")
        server.run(
            "user", "create", *words, "--password-stdin", stdin=server.passwords["alice"] + "\n"
        )
        assert secret_of(server, plant=True) == "canary"
        for number in range(KILLS):
            victim = VICTIMS[number % 3] if number < 3 else seed.choices(VICTIMS, (3, 1, 1))[0]
            life = Life(server, ledger, seed)
            rotating = rotate_meanwhile(server) if number % 5 == 0 else None
            time.sleep(seed.uniform(0.2, 2.5))
            if rotating is not None and seed.random() < 0.5:
                rotating.kill()
            life.over.set()
            kill(server, process, victim)
            killed = time.monotonic()
            if rotating is not None:
                if victim == "everything":
                    rotating.kill()
                rotating.wait()
            if victim == "everything":
                killed = time.monotonic()
                process = start_again(server)
            life.end()
            waits.append(seconds_until_healthy(server, killed) / machine_load())
            check(server, ledger)
            if number % 5 == 0:
                assert secret_of(server) == "canary"
        for dataset in list(ledger.content)[-3:]:
            assert server.ready(dataset)["state"] == "ready"
    finally:
        stop_server(process)

    assert max(waits) < HEALTHY_WITHIN_S, waits
    assert len(ledger.content) + len(ledger.deleted) > KILLS
