"""A disk that runs full at any moment: refused in words, nothing acknowledged lost, healthy once there is room."""

import hashlib
import json
import os
import random
import secrets
import shutil
import sqlite3
import subprocess
import threading
import time

import pytest
import requests

from tests.drills.operation.test_kills import on_disk
from tests.servers import sign_in_page, start_server, stop_server
from tests.waiting import machine_load

pytestmark = pytest.mark.flow
RUNS = 50 if os.environ.get("GRAPHKEEP_PROVE") else 1
SIZE_BYTES = 400 << 20
HEALTHY_WITHIN_S = 10
MAY_MOUNT = os.geteuid() == 0 and shutil.which("mount") is not None


@pytest.fixture
def small_disk(tmp_path):
    """A home whose data/ is a disk of its own."""
    data = tmp_path / "data"
    data.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "graphkeep-drill", str(data)]
    if subprocess.run(words, check=False, capture_output=True).returncode != 0:
        pytest.skip("LEFT OUT: no disk can be mounted here, so none could run full")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "-l", str(data)], check=True)


def rows(seed, count):
    lines = "\n".join(f"{seed.randrange(999)},{seed.randrange(999)}" for _ in range(count))
    return f"s,d\n{lines}\n".encode()


class Uploads:
    """Sends graphs one after another, and notes each answer."""

    def __init__(self, server, seed):
        self.server, self.seed = server, random.Random(seed.random())
        self.headers = {"Authorization": f"Bearer {server.token()}"}
        self.acknowledged, self.refused = {}, []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.send, daemon=True)
        self.thread.start()

    def send(self):
        while not self.over.is_set():
            try:
                self.upload()
            except requests.RequestException as error:
                self.refused.append((0, str(error)))

    def upload(self, count=0):
        said = {"metadata": {}, "node_encodings": {"bindings": {}},
                "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
        address = f"{self.server.url}/api/v2/upload/datasets/"
        made = requests.post(address, json=said, headers=self.headers, timeout=60)
        if made.status_code >= 300:
            self.refused.append((made.status_code, made.text))
            return
        dataset = made.json()["data"]["dataset_id"]
        body = rows(self.seed, count or self.seed.randrange(1, 60_000))
        answer = requests.post(
            f"{address}{dataset}/edges/csv", data=body, headers=self.headers, timeout=60
        )
        if answer.status_code < 300:
            self.acknowledged[dataset] = hashlib.sha256(body).hexdigest()
            requests.get(f"{self.server.url}/api/view/{dataset}/", headers=self.headers, timeout=60)
        else:
            self.refused.append((answer.status_code, answer.text))


def fill(data, left_bytes):
    """Somebody else takes all but so much of the disk."""
    filler = data / "somebody-elses"
    wanted = shutil.disk_usage(data).free - left_bytes
    with filler.open("wb", buffering=0) as sink:
        while wanted > 0:
            try:
                wanted -= sink.write(bytes(min(wanted, 8 << 20)))
            except OSError:
                break
    return filler


def wait_for_reserve(data):
    """Until the database has room again, or always had."""
    deadline = time.monotonic() + HEALTHY_WITHIN_S * machine_load()
    while shutil.disk_usage(data).free < 12 << 20 and time.monotonic() < deadline:
        time.sleep(0.05)


def wait_for_health(server, wanted, within_s):
    deadline = time.monotonic() + within_s
    status = 0
    while time.monotonic() < deadline:
        try:
            status = requests.get(f"{server.url}/healthz", timeout=10).status_code
        except requests.RequestException:
            status = 0
        if status == wanted:
            return
        time.sleep(0.1)
    raise AssertionError((status, (server.home / "server.log").read_text()[-3000:]))


@pytest.mark.skipif("GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="reads SQLite's file")
@pytest.mark.skipif(not MAY_MOUNT, reason="LEFT OUT: needs root, to mount a disk that runs full")
def test_sh85_a_full_disk_is_told_in_words_and_loses_nothing(small_disk):
    seed = random.Random(507)
    data = small_disk / "data"
    server, process = start_server(small_disk)
    acknowledged, told, uploads = {}, [], None
    try:
        server.passwords["alice"] = secrets.token_urlsafe(16)
        words = ("--username", "alice", "--email", "alice@example.org", "--role", "admin")
        server.run(
            "user", "create", *words, "--password-stdin", stdin=server.passwords["alice"] + "\n"
        )
        assert (data / "reserve").stat().st_size == 32 << 20
        for number in range(RUNS):
            uploads = Uploads(server, seed)
            time.sleep(seed.uniform(0.2, 1.5))
            filler = fill(data, seed.choice((0, 0, 100_000, 20_000_000)))
            wait_for_health(server, 503, HEALTHY_WITHIN_S * machine_load())
            wait_for_reserve(data)
            before = len(uploads.refused)
            deadline = time.monotonic() + 120
            while len(uploads.refused) == before and time.monotonic() < deadline:
                time.sleep(0.1)
            uploads.over.set()
            uploads.thread.join()
            acknowledged |= uploads.acknowledged
            told += uploads.refused

            # Full to the last byte, people still sign in, and delete.
            page = sign_in_page(server, "alice", server.passwords["alice"])
            assert (page.status_code, page.url) == (200, f"{server.url}/datasets/"), page.text[:500]
            if acknowledged and number % 2 == 0:
                dataset = next(iter(acknowledged))
                gone = requests.delete(
                    f"{server.url}/api/v2/datasets/{dataset}/", headers=uploads.headers, timeout=60
                )
                assert gone.status_code == 204, gone.text
                del acknowledged[dataset]
            if number % 10 == 9:
                assert "is full" in (small_disk / "server.log").read_text()

            filler.unlink()
            wait_for_health(server, 200, HEALTHY_WITHIN_S * machine_load())
            assert process.poll() is None
            held = on_disk(small_disk)
            assert acknowledged.items() <= {one: row["sha256"] for one, row in held.items()}.items()
            last = Uploads.__new__(Uploads)
            last.__dict__ |= {"server": server, "seed": seed, "headers": uploads.headers,
                              "acknowledged": {}, "refused": []}  # fmt: skip
            last.upload(count=200)
            assert last.refused == []
            acknowledged |= last.acknowledged
            server.ready(next(iter(last.acknowledged)))
            make_room(server, uploads.headers, acknowledged)
    finally:
        if uploads is not None:
            uploads.over.set()
        stop_server(process)

    with sqlite3.connect(data / "db.sqlite3") as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    link.close()
    assert [(status, text) for status, text in told if status != 507] == []
    assert told != []
    assert all("disk is" in json.loads(text)["message"] for _, text in told)


def make_room(server, headers, acknowledged):
    while len(acknowledged) > 12:
        dataset = next(iter(acknowledged))
        address = f"{server.url}/api/v2/datasets/{dataset}/"
        assert requests.delete(address, headers=headers, timeout=60).status_code == 204
        del acknowledged[dataset]
