"""A person's query over a bridge goes on when the server restarts, and the database executes it once."""

import json
import os
import signal

import pytest

from tests.bridge.paced_postgresql import (
    OPTIONS,
    executions,
    paced_query,
    prepare,
    settings_lines,
)
from tests.bridge.processes import AgentProcess, BridgedServer
from tests.database_servers.postgresql import running_postgresql
from tests.servers import is_healthy
from tests.waiting import wait_until

pytestmark = pytest.mark.flow
RESTARTS = 2  # a killed process, and one that stops in order
ROWS = 60_000  # three seconds at the view's pace


@pytest.fixture
def source():
    with running_postgresql(options=OPTIONS) as server:
        prepare(server)
        yield server


def end_web_processes(server, how):
    """The supervisor starts others at once."""
    for pid in json.loads((server.home / "data/server.json").read_text())["web_pids"]:
        os.kill(pid, how)


def test_sh64_a_query_of_a_person_survives_restarts_of_the_server(own_server, source, tmp_path):
    server = own_server()
    server.add_person("bob")
    bridged = BridgedServer(server)
    authority = tmp_path / "source.pem"
    authority.write_text(source.authority)
    lines = [f"GRAPHISTRY_HOST={server.url}", bridged.pair("pg"), *settings_lines("PG", source, authority)]  # fmt: skip
    agent = AgentProcess(tmp_path / "agent", "\n".join(lines) + "\n").start()
    try:
        bridged.wait_until_connected("pg")
        server.run(
            "connector", "add", "net", "--kind", "postgresql", "--slot", "pg", "--set", "host=nowhere.invalid",
            "--set", "database=x", "--set", "user=nobody",
        )  # fmt: skip
        server.run("connector", "grant", "net", "--user", "bob", "--right", "ask")
        connectors = server.get("/api/v2/connectors/", "bob").json()["results"]
        path = f"/api/v2/connectors/{connectors[0]['connector_id']}/queries/"
        ends = {}
        for number in range(RESTARTS):
            name = f"qrestart{number}"
            asked = server.post(path, "bob", json={"text": paced_query(name, ROWS)})
            assert asked.status_code == 202, asked.text
            run_path = f"/api/v2/queries/{asked.json()['query_id']}/"
            wait_until(lambda name=name: executions(source)[name], poll_s=0.02)

            end_web_processes(server, (signal.SIGKILL, signal.SIGTERM)[number % 2])

            wait_until(lambda: is_healthy(server), poll_s=0.1)
            wait_until(
                lambda run_path=run_path: server.get(run_path, "bob").json()["state"] not in {"queued", "running"},
                lambda run_path=run_path: server.get(run_path, "bob").json(), poll_s=0.3,
            )  # fmt: skip
            row = server.get(run_path, "bob").json()
            ends[name] = (row["state"], row["message"], row["rows"])
            rows = server.get(f"{run_path}rows/?limit=3&offset={ROWS - 3}", "bob").json()["rows"]
            assert rows == [[ROWS - 3], [ROWS - 2], [ROWS - 1]]
    finally:
        agent.stop()

    assert set(ends.values()) == {("done", "", ROWS)}, ends
    assert executions(source) == dict.fromkeys(ends, 1)
