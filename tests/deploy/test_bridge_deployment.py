"""The unit and the container of a data bridge: confined, and their commands serve a bridge."""

import ctypes.util
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from graphkeep.bridge.protocol.frames import Ask
from graphkeep.bridge.protocol.handshake import new_keys
from graphkeep.bridge.protocol.source_request import SourceRequest, encode_request
from graphkeep.sources.databases.query import SourceQuery
from tests.bridge.in_process import InProcessServer, MemoryRegistry, query_client_of
from tests.bridge.paced_postgresql import column
from tests.bridge.processes import new_query_id

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/bridge/graphkeep-bridge.service"
CONTAINER = yaml.safe_load((ROOT / "deploy/bridge/compose.yml").read_text())["services"]["bridge"]
ANALYZE = shutil.which("systemd-analyze")
SECCOMP = ctypes.util.find_library("seccomp")
needs_systemd = pytest.mark.skipif(ANALYZE is None or SECCOMP is None, reason="needs systemd")
FILES = "/etc/graphkeep-bridge/connector.env"


def unit_values():
    return dict(re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE))


def analyze(*words):
    done = subprocess.run([ANALYZE, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@needs_systemd
def test_systemd_accepts_the_unit_and_calls_it_safe(tmp_path):
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/graphkeep/.venv/bin/python", sys.executable))

    code, output = analyze("verify", "--man=no", str(unit))
    assert (code, [line for line in output.splitlines() if unit.name in line]) == (0, [])
    code, output = analyze("security", "--offline=true", "--threshold=14", str(unit))
    assert code == 0, output


def test_the_container_is_confined_and_publishes_nothing():
    assert (CONTAINER["read_only"], CONTAINER["cap_drop"]) == (True, ["ALL"])
    assert CONTAINER["security_opt"] == ["no-new-privileges:true"]
    assert {"ports", "privileged", "network_mode", "cap_add"} & set(CONTAINER) == set()


def test_a_new_volume_of_the_container_belongs_to_its_user():
    state_dir = CONTAINER["environment"]["BRIDGE_STATE_DIR"]
    dockerfile = (ROOT / "deploy/images/Dockerfile").read_text()

    assert CONTAINER["volumes"] == [f"state:{state_dir}"]
    assert f"RUN install -d -o 10001 -g 10001 -m 700 {state_dir}" in dockerfile
    assert "USER 10001:10001" in dockerfile


def unit_command(config):
    words = shlex.split(unit_values()["ExecStart"])
    assert words[-1] == "${CREDENTIALS_DIRECTORY}/connector.env"
    assert unit_values()["LoadCredential"] == f"connector.env:{FILES}"
    under = [sys.executable, str(ROOT / "tests/deploy/under_filter.py"), str(UNIT)]
    return [*under, sys.executable, *words[1:-1], config]


def container_command(config):
    words = CONTAINER["command"]
    assert words[-1] == "/run/secrets/connector.env"
    return [sys.executable, *words[1:-1], config]


@pytest.mark.parametrize(
    "command", [pytest.param(unit_command, marks=needs_systemd), container_command]
)
def test_sh64_the_command_serves_a_bridge_and_stops_in_order(tmp_path, command):
    """The unit's within its own system calls, and without memory that is both writable and executable."""
    keys = new_keys()
    server = InProcessServer(tmp_path / "relays", MemoryRegistry(notes=keys))
    with sqlite3.connect(tmp_path / "notes.db") as database:
        database.execute("CREATE TABLE notes AS SELECT 7 AS n")
    database.close()
    config = tmp_path / "connector.env"
    config.write_text(
        f"GRAPHISTRY_HOST=http://127.0.0.1:{server.port}\nBRIDGE_FILES_DIR={tmp_path}\n"
        f"NOTES_SERVER_KEY={keys.server_key}\nNOTES_PROXY_KEY={keys.proxy_key}\n"
        f"NOTES_KIND=sqlite\nNOTES_FILE=notes.db\n"
    )
    state_dir = tmp_path / "state"
    env = {"PATH": os.environ["PATH"], "BRIDGE_STATE_DIR": str(state_dir)}
    with (tmp_path / "log").open("wb") as log:
        agent = subprocess.Popen(command(str(config)), env=env, stdout=log, stderr=log)
    try:
        ask = Ask(
            query_id=new_query_id(), operation="query", deadline_s=30,
            request=encode_request(
                SourceRequest(kind="sqlite", query=SourceQuery(language="sql", text="SELECT n FROM notes"))
            ),
        )  # fmt: skip
        client = query_client_of(server, ask, slot="notes", connect_timeout_s=60)
        assert column(client.batches()) == [7], (tmp_path / "log").read_text()
        assert sorted(path.name for path in state_dir.iterdir()) == [
            "instance", "journal", "lock", "pid",
        ]  # fmt: skip
    finally:
        agent.terminate()
        code = agent.wait(20)  # as long as systemd and Docker wait
        server.stop()
    assert (code, (state_dir / "pid").exists()) == (0, False), (tmp_path / "log").read_text()
