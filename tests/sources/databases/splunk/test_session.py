"""The Splunk connector against a double, which the unmodified SDK of Splunk accepts as well."""

import datetime as dt
import threading
import time

import pytest
from splunklib import client as splunk
from splunklib import results

from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.splunk import KIND
from graphkeep.sources.databases.splunk.audit import role_findings
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.doubles.splunk import SplunkDouble
from tests.sources.databases.kinds import ask, check, context_of
from tests.sources.databases.splunk.spl_queries import HOSTILE, INDEXES, PARAMETERS
from tests.waiting import machine_load, wait_until

ALLOWED = {"indexes": INDEXES}
EVENTS = {
    "net": [
        {"_time": "2026-01-01T10:00:00.000+00:00", "src_ip": "10.0.0.1", "bytes": "100", "action": "blocked"},
        {"_time": "2026-01-01T11:00:00.000+00:00", "src_ip": "10.0.0.2", "bytes": "250", "action": "allowed"},
    ],
    "auth": [{"user": "alice", "code": "007", "groups": ["a", "b"]}],
    "hr": [{"name": "canary-secret-event"}],
}  # fmt: skip


@pytest.fixture
def double():
    double = SplunkDouble({name: list(events) for name, events in EVENTS.items()})
    yield double
    double.close()


def connector(double, *, secrets=None, limits=None, **settings):
    settings = {
        "host": "127.0.0.1",
        "port": double.port,
        "tls": False,
        "user": double.user,
        **settings,
    }
    return context_of(KIND, settings, secrets or {"password": double.password}, limits=limits)


def test_events_come_back_with_types(double):
    rows = ask(KIND, "spl", "index=net", connector(double), allowed=ALLOWED).to_pylist()

    assert rows == [
        {"index": "net", "_time": dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC), "src_ip": "10.0.0.1", "bytes": 100, "action": "blocked"},
        {"index": "net", "_time": dt.datetime(2026, 1, 1, 11, tzinfo=dt.UTC), "src_ip": "10.0.0.2", "bytes": 250, "action": "allowed"},
    ]  # fmt: skip


def test_texts_that_are_no_plain_numbers_stay(double):
    (row,) = ask(KIND, "spl", "index=auth", connector(double), allowed=ALLOWED).to_pylist()

    assert row == {"index": "auth", "user": "alice", "code": "007", "groups": '["a", "b"]'}


def test_sh66_only_permitted_indexes_are_asked_for(double):
    rows = ask(KIND, "spl", "*", connector(double), allowed=ALLOWED).to_pylist()
    everything = ask(KIND, "spl", "index=hr", connector(double)).to_pylist()

    assert {row["index"] for row in rows} == {"net", "auth"}
    assert everything == [{"index": "hr", "name": "canary-secret-event"}]


def test_sh66_a_refused_query_sends_nothing(double):
    context = connector(double)
    refused = 0
    for text in HOSTILE:
        if text.strip():
            with pytest.raises(QueryRefusedError):
                ask(KIND, "spl", text, context, allowed=ALLOWED, parameters=PARAMETERS)
            refused += 1

    assert refused == len(HOSTILE) - 2
    assert (double.requests, double.jobs) == ([], {})


def test_the_time_range_and_the_caps_are_sent(double):
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    context = connector(double, limits=QueryLimits(max_rows=50))
    ask(KIND, "spl", "index=net", context, since=day, until=day + dt.timedelta(days=1))

    (job,) = double.jobs.values()
    sent = {name: job.arguments[name] for name in ("earliest_time", "latest_time", "max_count")}
    assert sent == {
        "earliest_time": "1767225600.000", "latest_time": "1767312000.000", "max_count": "51",
    }  # fmt: skip
    assert job.canceled_at  # a job that was read holds no place at the source


def test_the_cap_ends_the_result_with_one_row_more(double):
    double.events["net"] = [{"n": str(n)} for n in range(20_000)]
    context = connector(double, limits=QueryLimits(max_rows=6_000))
    table = ask(KIND, "spl", "index=net", context)

    assert table.column("n").to_pylist() == list(range(6_001))
    assert double.pages == [1_000, 5_000, 1]


def test_pages_of_large_events_are_small(double):
    double.events["net"] = [{"text": f"{n:06}" + "x" * 50_000} for n in range(1_500)]
    table = ask(KIND, "spl", "index=net", connector(double))

    assert [text[:6] for text in table.column("text").to_pylist()] == [
        f"{n:06}" for n in range(1_500)
    ]
    assert double.pages == [1_000, 167, 167, 167]


def test_test_audit_and_schema(double):
    session = KIND.open(connector(double))
    session.test()
    findings = session.audit()
    schema = session.schema()
    session.close()

    assert [(finding.check, finding.is_excess) for finding in findings] == [("indexes", False)]
    assert findings[0].message == "The account can search: auth, net."
    assert [table.name for table in schema.tables] == ["auth", "hr", "net"]


def test_a_token_signs_in(double):
    context = connector(double, user="", secrets={"token": double.token})
    KIND.open(context).test()

    assert "/services/auth/login" not in double.requests


@pytest.mark.parametrize("secrets", [{"password": "canary-wrong"}, {"token": "canary-wrong"}])
def test_wrong_credentials_are_named_and_not_shown(double, secrets):
    context = connector(double, secrets=secrets)
    with pytest.raises(ConnectorError) as failed:
        KIND.open(context).test()

    assert failed.value.stage == "sign-in"
    assert "canary" not in f"{failed.value!r} {failed.value.advice} {context!r}"


def test_the_source_s_reason_is_told(double):
    context = connector(double)
    session = KIND.open(context)
    checked = check(KIND, "spl", "index=net", context)
    with pytest.raises(ConnectorError) as failed:
        list(session.run(type(checked)(language="spl", text="search x | nosuchcommand")))
    session.close()

    assert failed.value.stage == "query"
    assert "Unknown search command 'nosuchcommand'" in failed.value.message


@pytest.mark.parametrize("credential", ["password", "token"])
def test_cancel_reaches_the_source_within_a_second(double, credential):
    double.seconds = 60
    context = connector(double, secrets={credential: getattr(double, credential)})
    session = KIND.open(context)
    failures = []

    def run():
        try:
            list(session.run(check(KIND, "spl", "index=net", context)))
        except ConnectorError as error:
            failures.append((error.stage, error.message))

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: session._job is not None, lambda: double.requests, deadline_s=20)
    started = time.monotonic()
    session.cancel()
    (job,) = double.jobs.values()
    wait_until(lambda: job.canceled_at, lambda: double.requests, deadline_s=5, poll_s=0.01)
    thread.join(10)
    session.close()

    assert job.canceled_at - started < machine_load()
    assert failures == [("query", "The query was canceled.")]


def test_the_time_cap_cancels_the_job(double):
    double.seconds = 60
    context = connector(double, limits=QueryLimits(max_seconds=0.5))
    with pytest.raises(ConnectorError) as failed:
        ask(KIND, "spl", "index=net", context)

    assert failed.value.stage == "timeout"
    assert [bool(job.canceled_at) for job in double.jobs.values()] == [True]


@pytest.mark.parametrize("version", ["9.3.0", "8.2.1"])
def test_the_double_satisfies_the_unmodified_sdk(double, version):
    double.version = version
    service = splunk.connect(
        host="127.0.0.1", port=double.port, scheme="http", username=double.user, password=double.password
    )  # fmt: skip
    assert service.info["version"] == version
    assert [index.name for index in service.indexes] == ["auth", "hr", "net"]
    assert list(service.saved_searches) == []

    double.seconds = 0.3
    job = service.jobs.create("search index=net", exec_mode="normal")
    wait_until(job.is_done, lambda: job.content, deadline_s=20)
    rows = [
        row for row in results.JSONResultsReader(job.results(output_mode="json")) if isinstance(row, dict)
    ]  # fmt: skip
    assert [row["bytes"] for row in rows] == ["100", "250"]
    job.cancel()
    oneshot = service.jobs.oneshot("search index=auth", output_mode="json")
    assert [row["user"] for row in results.JSONResultsReader(oneshot)] == ["alice"]
    exported = service.jobs.export("search index=auth", output_mode="json")
    assert [row["user"] for row in results.JSONResultsReader(exported) if isinstance(row, dict)] == ["alice"]  # fmt: skip
    with pytest.raises(splunk.HTTPError, match="Unknown search command"):
        service.jobs.create("search x | nosuchcommand")
    with pytest.raises(splunk.AuthenticationError):
        splunk.connect(
            host="127.0.0.1", port=double.port, scheme="http", username="x", password="y"
        )


@pytest.mark.parametrize(
    ("roles", "capabilities", "indexes", "expected"),
    [
        (["reader"], [], ["net"], []),
        (["admin"], [], ["net"], ["superuser"]),
        (["reader"], ["admin_all_objects"], ["net"], ["superuser"]),
        (["reader"], ["delete_by_keyword"], ["net"], ["deletes"]),
        (["reader"], ["run_sendalert"], ["net"], ["programs"]),
        (["reader"], ["output_file"], ["net"], ["writes"]),
        (["reader"], ["schedule_search"], ["net"], ["schedules"]),
        (["reader"], ["edit_tokens_own"], ["net"], ["tokens"]),
        (["reader"], ["edit_user"], ["net"], ["accounts"]),
        (["reader"], ["rest_apps_management"], ["net"], ["interface"]),
        (["reader"], ["list_storage_passwords"], ["net"], ["credentials"]),
        (["reader"], ["edit_forwarders"], ["net"], ["administration"]),
        (["reader"], ["get_metadata"], ["net"], ["capabilities"]),
        (["reader"], [], ["*"], ["other-indexes"]),
        (["reader"], [], ["net", "_*"], ["other-indexes"]),
        (["reader"], [], None, []),
    ],
)
def test_the_recipe_is_no_excess_and_each_excess_right_is_a_warning(
    roles, capabilities, indexes, expected
):
    needed = ["search", "rtsearch", "rest_properties_get"]
    findings = role_findings(roles, [*needed, *capabilities], indexes)

    assert [finding.check for finding in findings if finding.is_excess] == expected
