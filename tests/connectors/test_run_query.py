"""Queries to a connector: refused before anything is opened, cut at their limits, ended within a second."""

import hashlib
import json
import threading
import time

import pyarrow as pa
import pytest
from django.db import connection

from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import AuditEvent, Organization
from graphkeep.accounts.operations.organizations import remove_member
from graphkeep.accounts.operations.people import set_role
from graphkeep.accounts.rate_limit import RateLimitedError
from graphkeep.connectors.cleanup import delete_old_queries, stored_result_ids
from graphkeep.connectors.execution.monitor import end_stale_runs, monitor
from graphkeep.connectors.execution.results import read_rows, spool_path
from graphkeep.connectors.models import QueryRun
from graphkeep.connectors.operations.grants import set_grants
from graphkeep.connectors.operations.manage import (
    ConnectorFields,
    change_connector,
    delete_connector,
)
from graphkeep.connectors.operations.run_query import (
    asked_query,
    cancel_query,
    run_query,
    run_query_here,
    sent_query,
)
from graphkeep.datasets.operations.garbage_collection import collect_garbage
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import NotAllowedError
from graphkeep.sources.databases.query import SourceQuery
from graphkeep.sources.databases.stages import QueryRefusedError
from tests.connectors.example_kind import Calls
from tests.waiting import wait_for_value

pytestmark = pytest.mark.django_db(transaction=True)


def query(text, **more):
    return SourceQuery(language="example", text=text, **more)


def state_of(run):
    run.refresh_from_db()
    return run.state


def ended(run, deadline_s=10):
    stops_at = time.monotonic() + deadline_s
    while state_of(run) in QueryRun.ACTIVE and time.monotonic() < stops_at:
        time.sleep(0.02)
    while len(monitor) and time.monotonic() < stops_at:
        time.sleep(0.02)
    assert run.is_over
    return run


def events(name):
    return [event.details for event in AuditEvent.objects.filter(event=name)]


def test_a_query_runs_in_the_background_and_its_rows_are_stored(make_connector, alice):
    connector = make_connector(grants=[("alice", "ask")])

    run = ended(run_query(connector, query("rows 2500"), actor=alice))

    assert (run.state, run.row_count, run.is_cut, run.has_result) == ("done", 2500, False, True)
    assert (Calls.opened, Calls.closed, Calls.cancelled) == (1, 1, 0)
    rows = read_rows(run, 2399, 3)
    assert rows.to_pydict() == {
        "source": [2399, 2400, 2401],
        "destination": ["n2399", "n2400", "n2401"],
    }
    assert not spool_path(run.run_id).exists()
    connector.refresh_from_db()
    assert connector.last_used_at == run.started_at
    assert events("connector.queried") == [
        {"run_id": run.run_id, "language": "example", "sha256": run.sent_sha256}
    ]


def test_what_was_asked_and_sent_is_recorded_encrypted(make_connector, alice):
    connector = make_connector()
    run = run_query_here(
        connector, query("parameter", parameters={"value": "canary-value"}), actor=CONSOLE
    )

    assert asked_query(run) == query("parameter", parameters={"value": "canary-value"})
    assert sent_query(run) == {
        "text": "parameter", "parameters": {"value": "canary-value"}, "names": [],
    }  # fmt: skip
    sent = json.dumps(sent_query(run))
    assert run.sent_sha256 == hashlib.sha256(sent.encode()).hexdigest()
    stored = json.dumps(list(QueryRun.objects.values()), default=str) + json.dumps(
        list(AuditEvent.objects.values()), default=str
    )
    assert "canary-value" not in stored
    assert read_rows(run, 0, 10).to_pydict() == {"value": ["canary-value"]}


@pytest.mark.parametrize(
    ("limits", "rows"),
    [({"max_rows": 1500}, 1500), ({"max_rows": 1000}, 1000), ({"max_bytes": 20_000}, None)],
)
def test_sh61_a_result_that_is_too_large_ends_with_the_rows_so_far(make_connector, limits, rows):
    connector = make_connector(limits=limits)

    run = run_query_here(connector, query("rows 9000"), actor=CONSOLE)

    assert (run.state, run.is_cut, run.has_result) == ("done", True, True)
    if rows is not None:
        assert run.row_count == rows
    assert run.bytes_count <= limits.get("max_bytes", 256 << 20)
    assert read_rows(run, 0, 100_000).num_rows == run.row_count > 0
    assert Calls.batches <= run.row_count // 1000 + 2  # not one batch beyond the one that was cut
    assert Calls.cancelled == 1


def test_the_source_tells_how_many_rows_there_are(make_connector):
    run = run_query_here(make_connector(), query("rows 5 of 1245"), actor=CONSOLE)

    assert (run.row_count, run.total_rows, run.is_cut) == (5, 1245, True)


def test_a_source_that_dies_leaves_no_rows_and_names_the_stage(make_connector):
    run = run_query_here(make_connector(), query("fail after 3"), actor=CONSOLE)

    assert (run.state, run.stage, run.message) == ("failed", "query", "The source ended it.")
    assert (run.row_count, run.has_result, read_rows(run, 0, 10)) == (3, False, None)
    assert graph_store().dataset_ids() == set()
    assert not spool_path(run.run_id).exists()


def test_sh61_a_query_that_the_policy_refuses_opens_nothing(make_connector, alice):
    connector = make_connector(
        grants=[("alice", "ask")], policy={"allowed": {"tables": ["net.*", "auth"]}}
    )

    with pytest.raises(QueryRefusedError) as refused:
        run_query(connector, query("table hr.pay"), actor=alice)

    assert refused.value.message == "table `hr.pay` is not allowed here; allowed: net.*, auth"
    assert (Calls.opened, QueryRun.objects.count()) == (0, 0)
    digest = hashlib.sha256(b"table hr.pay").hexdigest()
    assert events("connector.query-refused") == [{"language": "example", "sha256": digest}]
    assert run_query_here(connector, query("table net.hosts"), actor=alice).state == "done"


@pytest.mark.parametrize(
    ("right", "is_written_by_others", "may"),
    [("", False, False), ("use", False, False), ("use", True, True), ("ask", False, True),
     ("manage", False, True)],
)  # fmt: skip
def test_who_may_ask(make_connector, alice, right, is_written_by_others, may):
    connector = make_connector(grants=[("alice", right)] if right else [])
    if may:
        run = run_query(
            connector, query("rows 1"), actor=alice, is_written_by_others=is_written_by_others
        )
        assert ended(run).state == "done"
    else:
        with pytest.raises(NotAllowedError):
            run_query(
                connector, query("rows 1"), actor=alice, is_written_by_others=is_written_by_others
            )
        assert Calls.opened == 0


def test_a_disabled_connector_is_not_asked(make_connector):
    connector = make_connector(is_enabled=False)

    with pytest.raises(NotAllowedError, match="disabled"):
        run_query(connector, query("rows 1"), actor=CONSOLE)
    assert Calls.opened == 0


def test_sh61_a_minute_has_only_so_many_queries(make_connector):
    connector = make_connector(limits={"per_minute": 2})
    for _ in range(2):
        run_query_here(connector, query("rows 1"), actor=CONSOLE)

    with pytest.raises(RateLimitedError, match="This connector takes 2 queries a minute"):
        run_query(connector, query("rows 1"), actor=CONSOLE)
    assert Calls.opened == 2


def test_sh61_more_than_may_run_at_once_wait_for_their_turn(make_connector, alice):
    connector = make_connector(grants=[("alice", "ask")], limits={"parallel_per_person": 1})
    first = run_query(connector, query("wait"), actor=alice)
    wait_for_value(lambda: state_of(first), "running", deadline_s=5)
    second = run_query(connector, query("rows 1"), actor=alice)
    time.sleep(0.3)
    assert state_of(second) == "queued"

    cancel_query(first, actor=alice)

    assert (ended(first).state, ended(second).state) == ("cancelled", "done")


def running(connector, actor, text="wait"):
    run = run_query(connector, query(text), actor=actor)
    wait_for_value(lambda: state_of(run), "running", deadline_s=5)
    wait_for_value(lambda: spool_path(run.run_id).exists(), True, deadline_s=5)
    return run


def test_rows_can_be_read_while_a_query_runs(make_connector):
    run = running(make_connector(), CONSOLE)

    assert read_rows(run, 1, 10).to_pydict() == {"source": [1, 2], "destination": ["n1", "n2"]}

    cancel_query(run, actor=CONSOLE)
    assert read_rows(ended(run), 0, 10) is None


WIDER = {"source": ["a", "b"], "size": [1.0, 2.5], "port": [None, 80]}


def test_batches_of_other_columns_and_types_become_one_table(make_connector):
    run = ended(run_query(make_connector(), query("wider"), actor=CONSOLE))

    assert read_rows(run, 0, 10).to_pydict() == WIDER
    assert read_rows(run, 1, 1).to_pydict() == {"source": ["b"], "size": [2.5], "port": [80]}


def test_batches_of_other_columns_can_be_read_while_the_query_runs(make_connector):
    run = running(make_connector(), CONSOLE, "wider and wait")

    assert wait_for_value(lambda: read_rows(run, 0, 10).to_pydict(), WIDER) == WIDER

    cancel_query(run, actor=CONSOLE)
    ended(run)


def test_a_cancellation_reaches_the_source_within_a_second(make_connector):
    run = running(make_connector(), CONSOLE)

    started_at = time.monotonic()
    cancel_query(run, actor=CONSOLE)
    wait_for_value(lambda: Calls.cancelled, 1, deadline_s=5)
    seconds = time.monotonic() - started_at

    assert (ended(run).state, run.has_result) == ("cancelled", False)
    assert seconds <= 1


def test_a_query_whose_driver_does_not_come_back_is_given_up(make_connector):
    run = running(make_connector(), CONSOLE, "deaf")
    cancel_query(run, actor=CONSOLE)

    assert ended(run, deadline_s=4).state == "cancelled"
    wait_for_value(
        lambda: any(one.name.startswith("query-") for one in threading.enumerate()),
        False,
        deadline_s=15,
    )
    assert state_of(run) == "cancelled"


def test_sh61_a_query_ends_at_its_time_limit(make_connector):
    run = run_query_here(make_connector(limits={"max_seconds": 1}), query("wait"), actor=CONSOLE)

    assert (run.state, run.stage) == ("failed", "timeout")
    assert run.message.startswith("The query took longer than 1 seconds.")
    assert Calls.cancelled == 1


def test_a_right_that_is_taken_ends_running_queries_within_a_second(make_connector, alice, bob):
    acme = Organization.objects.get(slug="acme")
    ends = {
        "grant": lambda connector: set_grants(connector, [], actor=CONSOLE),
        "disable": lambda connector: change_connector(
            connector, ConnectorFields(is_enabled=False), actor=CONSOLE
        ),
        "delete": lambda connector: delete_connector(connector, actor=CONSOLE),
        "leave": lambda _: remove_member(acme, actor=CONSOLE, user=bob.user),
        "deactivate": lambda _: set_role(bob.user, actor=CONSOLE, role="inactive"),
    }
    seconds = {}
    for name, end in ends.items():
        organization = acme if name != "deactivate" else None
        connector = make_connector(name, organization=organization, grants=[("bob", "ask")])
        run = running(connector, bob)
        started_at = time.monotonic()
        end(connector)
        assert ended(run).state == "cancelled", name
        seconds[name] = run.finished_at.timestamp() - (
            time.time() - (time.monotonic() - started_at)
        )
        assert run.stage == "permission"

    assert max(seconds.values()) <= 1, seconds


def test_another_persons_query_goes_on_when_a_right_is_taken(make_connector, alice, bob):
    connector = make_connector(grants=[("alice", "ask"), ("bob", "ask")])
    of_alice, of_bob = running(connector, alice), running(connector, bob)

    from graphkeep.connectors.operations.grants import Grant, change_grant

    change_grant(connector, Grant(username="bob", right=""), actor=CONSOLE)

    assert ended_state(of_bob) == "cancelled"
    assert state_of(of_alice) == "running"
    cancel_query(of_alice, actor=alice)
    ended(of_alice)


def ended_state(run):
    wait_for_value(lambda: state_of(run) in QueryRun.ACTIVE, False, deadline_s=5)
    return run.state


def test_a_process_that_died_leaves_its_queries_interrupted(make_connector):
    connector = make_connector()
    run = QueryRun.objects.create(connector=connector, connector_name="siem", state="running")
    run.heartbeat_at = run.heartbeat_at.replace(year=2025)
    run.save()

    assert end_stale_runs() == 1
    assert state_of(run) == "interrupted"
    assert run.message == "The server was restarted while the query ran."


def test_a_process_that_stops_records_its_queries_as_interrupted(make_connector):
    run = running(make_connector(), CONSOLE)

    monitor.end_all()

    assert ended(run).state == "interrupted"


def test_garbage_collection_spares_results_until_they_are_old(make_connector, settings):
    run = run_query_here(make_connector(), query("rows 3"), actor=CONSOLE)
    assert list(stored_result_ids()) == [run.run_id]
    collect_garbage()
    assert read_rows(run, 0, 10).num_rows == 3

    settings.QUERY_RESULT_HOURS = 0
    assert delete_old_queries() == 1

    run.refresh_from_db()
    assert (run.has_result, read_rows(run, 0, 10)) == (False, None)
    assert graph_store().dataset_ids() == set()

    settings.QUERY_HISTORY_DAYS = 0
    delete_old_queries()
    assert QueryRun.objects.count() == 0


def test_a_large_result_takes_little_memory(make_connector):
    connector = make_connector(limits={"max_rows": 400_000})
    before = pa.total_allocated_bytes()

    run = run_query_here(connector, query("rows 400000"), actor=CONSOLE)

    assert run.row_count == 400_000
    assert pa.total_allocated_bytes() - before < 4 << 20


@pytest.fixture(autouse=True)
def nothing_runs_on():
    yield
    for _ in range(100):
        if len(monitor) == 0 and not any(
            one.name == "queries" or one.name.startswith("query-") for one in threading.enumerate()
        ):
            break
        time.sleep(0.05)
    connection.close()
