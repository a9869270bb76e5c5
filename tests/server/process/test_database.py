"""A database that cannot be reached is named, with what is in the way, and no password is told."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.ports import free_port

CANARY = "sesame-canary-17"


def start_without(tmp_path, url):
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "GRAPHISTRY_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "DATABASE_URL": url,
    }
    (tmp_path / "data").mkdir()
    words = [sys.executable, "-m", "graphkeep", "user", "list"]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert CANARY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    return done.stderr


def test_sh78_nobody_at_the_database_s_address_is_told(tmp_path):
    port = free_port()

    said = start_without(tmp_path, f"postgres://graphkeep:{CANARY}@127.0.0.1:{port}/graphkeep")

    assert "The database that DATABASE_URL names is out of reach" in said
    assert f'"127.0.0.1", port {port} failed: Connection refused' in said


@pytest.mark.skipif(
    "GRAPHKEEP_TEST_DATABASE_URL" not in os.environ, reason="needs a PostgreSQL server"
)
def test_sh78_a_database_that_is_not_there_is_told(tmp_path):
    url = urlsplit(os.environ["GRAPHKEEP_TEST_DATABASE_URL"])._replace(path="/nowhere").geturl()

    said = start_without(tmp_path, url)

    assert 'database "nowhere" does not exist' in said
