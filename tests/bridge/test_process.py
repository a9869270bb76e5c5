"""The agent as a process: it loads neither Django nor the server's settings, and says what is wrong."""

import subprocess
import sys

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
