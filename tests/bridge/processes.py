"""A real server, asked over its bridges from this process; and an agent as a process of its own."""

import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time

import psycopg

from graphkeep.bridge.server.query_client import QueryClient, SlotHolder
from graphkeep.sources.databases.stages import ConnectorError
from tests.waiting import wait_until

HELD = "select relay_name, revoked_at, heartbeat_at, session_id, instance from connectors_bridgeslot where slot = "


class BridgedServer:
    """`find_holder` reads the server's database as its own processes do."""

    def __init__(self, server):
        self.server = server
        self.folder = server.home / "data/run/bridges"

    def holder(self, slot):
        if "DATABASE_URL" in self.server.env:
            with psycopg.connect(self.server.env["DATABASE_URL"]) as connection:
                return connection.execute(HELD + "%s", (slot,)).fetchone()
        path = self.server.home / "data/db.sqlite3"
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=30) as connection:
            row = connection.execute(HELD + "?", (slot,)).fetchone()
        connection.close()
        return row

    def find_holder(self, slot):
        row = self.holder(slot)
        if row is None or row[1] is not None:
            raise ConnectorError("permission", f"The bridge of the slot {slot} was revoked.")
        return SlotHolder(relay_name=row[0], instance=row[4]) if row[0] else None

    def is_connected(self, slot):
        row = self.holder(slot)
        return bool(row and row[3])

    def wait_until_connected(self, slot, **more):
        wait_until(lambda: self.is_connected(slot), poll_s=0.05, **more)

    def client(self, slot, ask, **more):
        return QueryClient(
            slot, ask, folder=self.folder, find_holder=lambda: self.find_holder(slot), **more
        )

    def pair(self, slot):
        """The lines for connector.env that `graphkeep bridge keys` prints."""
        return self.server.run("bridge", "keys", slot)


class AgentProcess:
    """`python -m graphkeep.bridge run`, with a connector.env in `folder`."""

    def __init__(self, folder, text, *, prefix=(), plugins=()):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "connector.env"
        self.prefix = list(prefix)
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, plugins)),
            "PYTHONWARNINGS": "ignore",
        }
        self.write(text)
        self.process = None

    def write(self, text):
        state = f"BRIDGE_STATE_DIR={self.folder / 'state'}\n"
        self.path.write_text(text + state)

    def start(self):
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "graphkeep.bridge", "run", "--config", str(self.path)],
            env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        log.close()
        return self

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    @property
    def log(self):
        return (self.folder / "log").read_text()


def new_query_id():
    return secrets.token_hex(16)


def within(started, seconds):
    return time.monotonic() - started < seconds
