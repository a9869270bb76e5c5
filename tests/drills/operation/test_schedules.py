"""AD-33: a planned restart renews every process in its minute, and turns nobody away."""

import json
import os
import threading
import time

import pytest
import requests

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(not os.environ.get("GRAPHKEEP_PROVE"), reason="waits for a whole minute"),
]


def note(server):
    return json.loads((server.home / "data/server.json").read_text())


def test_ad33_a_planned_restart_renews_the_processes_and_turns_nobody_away(own_server):
    server = own_server(CRON_RESTART="* * * * *")
    before = note(server)
    answers, over = [], threading.Event()

    def ask():
        while not over.is_set():
            answers.append(requests.get(f"{server.url}/healthz", timeout=120).status_code)
            time.sleep(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    deadline = time.monotonic() + 90
    while note(server)["generation"] == before["generation"] and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(3)
    over.set()
    asking.join()
    after = note(server)

    assert after["generation"] == before["generation"] + 1
    assert set(after["web_pids"]).isdisjoint(before["web_pids"])
    assert after["worker_pid"] != before["worker_pid"]
    assert set(answers) == {200}
    assert b"CRON_RESTART" in (server.home / "server.log").read_bytes()
