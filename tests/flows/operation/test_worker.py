"""The worker may die; the server has another one at once."""

import json
import os
import signal

import pytest

from tests.flows.sharing.test_sharing import make_dataset
from tests.servers import TestServer

pytestmark = pytest.mark.flow


def test_a_killed_worker_is_followed_by_another(server: TestServer) -> None:
    note = server.home / "data/server.json"
    former = json.loads(note.read_text())["worker_pid"]
    os.kill(former, signal.SIGKILL)

    assert server.ready(make_dataset(server))["edge_count"] == 2
    assert json.loads(note.read_text())["worker_pid"] != former
