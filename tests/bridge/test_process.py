"""The agent as a process: it loads neither Django nor the server's settings, and says what is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from graphkeep.bridge.agent.agent import lock_folder
from graphkeep.graph.errors import UserInputError

PROGRAM = """
import sys
from graphkeep.bridge.__main__ import commands
from graphkeep.sources.databases.registry import connector_kinds
connector_kinds()
print(sorted({name.partition(".")[0] for name in sys.modules} & {"django", "channels", "allauth", "numba"}))
"""


def run(*words):
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, timeout=120
    )


def test_sh64_the_agent_starts_without_django():
    done = run("-c", PROGRAM)

    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_a_wrong_configuration_is_named_without_a_traceback(tmp_path):
    path = tmp_path / "connector.env"
    path.write_text("GRAPHISTRY_HOST=https://graph.example.com\nSPLUNK_SERVER_KEY=canary\n")

    done = run("-m", "graphkeep.bridge", "check", "--config", str(path))

    assert done.returncode == 2
    assert (
        done.stderr
        == "graphkeep bridge: SPLUNK has one of its two keys: SERVER_KEY and PROXY_KEY.\n"
    )


def check_output(path, text):
    path.write_text(text)
    done = run("-m", "graphkeep.bridge", "check", "--config", str(path))
    return done.returncode, done.stdout, done.stderr


def test_check_shows_what_the_bridge_would_allow(tmp_path):
    code, output, _ = check_output(
        tmp_path / "connector.env",
        f"GRAPHISTRY_HOST=graph.example.com\nPG_SERVER_KEY={'s' * 32}\nPG_PROXY_KEY={'p' * 32}\nPG_HOST=db.internal\n"
        "PG_DATABASE=net\nPG_USER=reader\nPG_PASSWORD=canary\nPG_ALLOWED_TABLES=hosts, flows\nPG_MAX_ROWS=5000\n",
    )

    assert code == 0
    assert output.splitlines() == [
        "server https://graph.example.com",
        "slot pg: PostgreSQL at db.internal:5432",
        "  schemas: all that the account may read",
        "  tables: hosts, flows",
        "  at most 5,000 rows, 256 MiB and 30 s a query, 4 queries at once",
    ]


def test_a_configuration_without_a_slot_says_where_its_keys_are(tmp_path):
    example = Path("deploy/bridge/connector.env.example").read_text()

    code, output, error = check_output(tmp_path / "connector.env", example)

    assert (code, output) == (2, "")
    assert "has no slot: a prefix with both keys" in error
    assert "graphkeep bridge keys splunk" in error


def test_a_configuration_that_is_not_there_is_named(tmp_path):
    done = run("-m", "graphkeep.bridge", "check", "--config", str(tmp_path / "other.env"))

    assert done.returncode == 2
    assert f"There is no file {tmp_path}/other.env" in done.stderr


def test_a_state_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "state").write_text("a file")

    with pytest.raises(UserInputError, match=f"{tmp_path}/state cannot be written"):
        lock_folder(tmp_path / "state")
