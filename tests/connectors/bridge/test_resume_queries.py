"""A query over a bridge goes on after its process: the answer is fetched again, or the record names why not."""

import pytest
from django.utils import timezone

from graphkeep.accounts.actor import CONSOLE
from graphkeep.bridge.protocol.handshake import new_keys
from graphkeep.connectors.bridge.models import BridgeSlot
from graphkeep.connectors.execution.monitor import end_stale_runs, monitor
from graphkeep.connectors.execution.results import read_rows
from graphkeep.connectors.models import QueryRun
from graphkeep.connectors.operations.grants import Grant, change_grant, set_grants
from graphkeep.connectors.operations.manage import (
    ConnectorFields,
    change_connector,
    create_connector,
)
from graphkeep.connectors.operations.resume_queries import RESUME_AFTER, recover_stale_runs
from graphkeep.connectors.operations.run_query import run_query
from graphkeep.sources.databases.query import SourceQuery
from graphkeep.sources.databases.registry import connector_kinds
from tests.bridge.counting_source import COUNTING, CountingSource
from tests.bridge.in_process import (
    SLOT,
    InProcessAgent,
    InProcessServer,
    MemoryRegistry,
    slot_config,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "numbers 20000 0"


@pytest.fixture
def source():
    started = CountingSource()
    yield started
    started.close()


@pytest.fixture
def bridge(monkeypatch, settings, tmp_path, source):
    """A connected bridge of the slot, as the server's database has it."""
    monkeypatch.setitem(connector_kinds(), COUNTING.name, COUNTING)
    settings.BRIDGE_RELAY_DIR = tmp_path / "relays"
    keys = new_keys()
    server = InProcessServer(tmp_path / "relays", MemoryRegistry(**{SLOT: keys}))
    agent = InProcessAgent(
        f"http://127.0.0.1:{server.port}", tmp_path / "state", slot_config(keys, port=source.port)
    )
    wait_until(lambda: SLOT in server.registry.holders, poll_s=0.02)
    holder = server.registry.find_holder()
    yield BridgeSlot.objects.create(
        slot=SLOT, server_key="x", session_id="1", instance=holder.instance,
        relay_name=holder.relay_name, heartbeat_at=timezone.now().replace(year=2999),
    )  # fmt: skip
    agent.stop()
    server.stop()


@pytest.fixture
def connector(bridge, alice):
    fields = ConnectorFields(name="counts", settings={"host": "nowhere.invalid"}, slot=SLOT)
    made = create_connector(fields, kind_name="counting", organization=None, actor=CONSOLE)
    set_grants(made, [Grant(username="alice", right="ask")], actor=CONSOLE)
    return made


@pytest.fixture
def left(connector, alice, source):
    """A query that runs at the bridge, whose process has stopped."""
    source.flowing.clear()
    run = run_query(connector, SourceQuery(language="count", text=TEXT), actor=alice)
    wait_until(lambda: source.asked, poll_s=0.02)
    monitor.end_all()
    wait_until(lambda: not len(monitor), poll_s=0.02)
    run.refresh_from_db()
    assert run.state == "running"
    yield run
    source.flowing.set()


def resumed(run, source):
    assert recover_stale_runs(older_than=RESUME_AFTER) == 1
    source.flowing.set()
    wait_until(lambda: not QueryRun.objects.filter(pk=run.pk, state__in=QueryRun.ACTIVE).exists())
    wait_until(lambda: not len(monitor), poll_s=0.02)
    run.refresh_from_db()
    return run


def test_sh64_a_query_goes_on_after_its_process_and_runs_once(left, source):
    run = resumed(left, source)

    assert (run.state, run.row_count, run.message) == ("done", 20000, "")
    assert read_rows(run, 0, 20000)["n"].to_pylist() == list(range(20000))
    assert (source.asked, source.cancelled) == ({TEXT: 1}, {})


def test_an_answer_that_was_complete_meanwhile_is_fetched(left, bridge, source, tmp_path):
    source.flowing.set()
    wait_until(lambda: answer_is_complete(tmp_path / "state"))

    assert resumed(left, source).state == "done"
    assert source.asked == {TEXT: 1}


def answer_is_complete(state_dir):
    files = list(state_dir.glob("journal/*/*.query"))
    return files and files[0].stat().st_size > 20 * 5000


def test_one_process_resumes_a_query(left, source):
    recovered = [recover_stale_runs(older_than=RESUME_AFTER) for _ in range(3)]

    assert recovered == [1, 0, 0]
    source.flowing.set()
    wait_until(lambda: not len(monitor), poll_s=0.02)


def test_who_lost_the_right_meanwhile_gets_no_rows(left, connector, source):
    change_grant(connector, Grant(username="alice", right=""), actor=CONSOLE)

    run = resumed(left, source)

    assert (run.state, run.stage, run.has_result) == ("cancelled", "permission", False)
    assert read_rows(run, 0, 10) is None
    assert source.asked == {TEXT: 1}


def test_who_lost_the_right_gets_no_rows_of_a_query_that_ends_before_the_monitor_looks(
    left, connector, source, monkeypatch
):
    change_grant(connector, Grant(username="alice", right=""), actor=CONSOLE)
    monkeypatch.setattr(monitor, "_check", lambda runs: None)

    run = resumed(left, source)

    assert (run.state, run.stage, run.has_result) == ("cancelled", "permission", False)
    assert read_rows(run, 0, 10) is None


def test_a_policy_that_refuses_the_query_now_is_named(left, connector, source):
    change_connector(
        connector, ConnectorFields(policy={"allowed": {"tables": ["other"]}}), actor=CONSOLE
    )

    run = resumed(left, source)

    assert (run.state, run.stage) == ("failed", "policy")
    assert run.message == "table `numbers` is not allowed here; allowed: other"
    assert source.asked == {TEXT: 1}


def test_another_bridge_is_not_asked_again(left, bridge, source):
    BridgeSlot.objects.update(instance="f" * 32)

    run = resumed(left, source)

    assert run.state == "failed"
    assert run.message == (
        "The bridge that ran this query no longer holds the slot; another bridge is not asked again. Run the query again."
    )
    assert source.asked == {TEXT: 1}


def test_a_connector_that_was_changed_meanwhile_is_named(left, connector, source):
    change_connector(connector, ConnectorFields(limits={"max_rows": 5}), actor=CONSOLE)

    run = resumed(left, source)

    assert run.state == "failed"
    assert "used for another request: other settings, limits" in run.message
    assert source.asked == {TEXT: 1}


def test_a_query_that_nobody_resumed_in_time_is_interrupted(left):
    QueryRun.objects.update(created_at=timezone.now().replace(year=2025))

    assert end_stale_runs() == 1
    left.refresh_from_db()
    assert left.state == "interrupted"
