"""A connector to ClickHouse over HTTP: its types, its parameters, its end, its audit."""

import datetime as dt
import io
import threading
import time
from decimal import Decimal

import pyarrow as pa
import pytest

from graphkeep.egress.outbound import OneHostPools
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.sources.databases.clickhouse import KIND
from graphkeep.sources.databases.clickhouse.audit import account_findings
from graphkeep.sources.databases.clickhouse.session import (
    END_OF_STREAM,
    MarkedStream,
    whole_stream,
)
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits
from graphkeep.sources.databases.stages import ConnectorError
from tests.sources.databases.kinds import ask, context_of
from tests.waiting import wait_until


@pytest.fixture
def open_context(clickhouse_server):
    def make(*, limits=None, password="contract-canary", **settings):
        values = {
            "host": "127.0.0.1", "port": clickhouse_server.port, "database": "net", "user": "contract", "tls": "off",
            **settings,
        }  # fmt: skip
        return context_of(KIND, values, {"password": password}, limits=limits)

    return make


def sent(text, parameters=None):
    return CheckedQuery(language="sql", text=text, parameters=parameters or {})


HONEST = [
    "SELECT os, count() AS n, uniqExact(name) FROM hosts GROUP BY os ORDER BY n DESC, os",
    "SELECT port, quantile(0.5)(size), sumIf(size, port > 50) FROM flows GROUP BY port ORDER BY port",
    "SELECT toStartOfMonth(seen) AS month, count() FROM hosts GROUP BY month ORDER BY month",
    "SELECT h.name, f.port FROM flows AS f INNER JOIN hosts AS h ON h.id = f.source_id ORDER BY f.id LIMIT 5",
    "SELECT arrayJoin([3, 1, 2]) AS n ORDER BY n",
    "SELECT arrayMap(x -> x * 2, [1, 2, 3])",
    "WITH busy AS (SELECT source_id, count() AS n FROM flows GROUP BY source_id) SELECT * FROM busy ORDER BY source_id",
    "SELECT IPv4NumToString(toUInt32(167772161)), toIPv4('10.0.0.1')",
    "SELECT id, port FROM flows ORDER BY id LIMIT 1 BY port",
    "SELECT name FROM hosts WHERE id IN (1, 2) OR id IN (SELECT source_id FROM flows WHERE port = 443) ORDER BY id",
    "SELECT argMax(name, score), groupArray(id) FROM (SELECT * FROM hosts ORDER BY id)",
    "SELECT number FROM numbers(5) ORDER BY number",
    "SELECT id, n FROM hosts ARRAY JOIN [1, 2] AS n ORDER BY id, n",
]  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_query_gives_the_same_rows_as_without_a_check(open_context, text):
    checked = ask(KIND, "sql", text, open_context(), allowed={"tables": ("hosts", "flows")})
    session = KIND.open(open_context())

    unchecked = pa.Table.from_batches(session.run(sent(text)))
    session.close()

    assert checked.to_pylist() == unchecked.to_pylist()
    assert checked.num_rows > 0


def test_types_are_exact(open_context):
    session = KIND.open(open_context())
    text = """SELECT toDecimal64('12345678901234.5678', 4) AS money, toUInt64(18446744073709551615) AS big,
        toIPv4('10.0.0.1') AS v4, toIPv6('2001:db8::1') AS v6, toIPv6('::ffff:10.0.0.1') AS mapped,
        toUUID('6ecd8c99-4036-403d-bf84-cf8400f67836') AS id, toLowCardinality('x') AS low,
        CAST(NULL AS Nullable(IPv4)) AS nothing, [1, 2] AS numbers, toDateTime64('2026-01-02 03:04:05.678901', 6, 'UTC') AS at,
        toDate('2026-01-02') AS day, 1 AS `a b`"""

    [row] = pa.Table.from_batches(session.run(sent(text))).to_pylist()
    session.close()

    assert row == {
        "money": Decimal("12345678901234.5678"),
        "big": 18446744073709551615,
        "v4": "10.0.0.1",
        "v6": "2001:db8::1",
        "mapped": "10.0.0.1",
        "id": "6ecd8c99-4036-403d-bf84-cf8400f67836",
        "low": "x",
        "nothing": None,
        "numbers": [1, 2],
        "at": dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC),
        "day": dt.date(2026, 1, 2),
        "a b": 1,
    }


@pytest.mark.parametrize(
    "value", ["x'; DROP TABLE hosts; --", "\\' OR 1=1 --", "{p0:String}", "tab\tand\nline", "%s"]
)
def test_a_hostile_value_is_a_value(open_context, value):
    table = ask(
        KIND, "sql", "SELECT count() AS n, :value AS same FROM hosts WHERE name = :value", open_context(),
        parameters={"value": value},
    )  # fmt: skip

    assert table.to_pylist() == [{"n": 0, "same": value}]


def test_lists_times_and_missing_values_are_bound(open_context):
    table = ask(
        KIND, "sql", "SELECT id FROM hosts WHERE id IN (:ids) AND seen > :since AND :none IS NULL ORDER BY id",
        open_context(), parameters={"ids": [1, 2, 3], "none": None},
        since=dt.datetime(2026, 1, 2, 12, tzinfo=dt.timezone(dt.timedelta(hours=3))),
    )  # fmt: skip

    assert table.to_pydict() == {"id": [2, 3]}


def test_cancel_kills_the_query_by_its_id_and_ends_the_connection(open_context, clickhouse_server):
    session = KIND.open(open_context())
    failures = []

    def run():
        try:
            list(
                session.run(
                    sent("SELECT sleepEachRow(0.5) FROM numbers(6) SETTINGS max_block_size = 1")
                )
            )
        except ConnectorError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    asked = wait_until(
        lambda: [
            one
            for one in clickhouse_server.asked()
            if "sleepEachRow" in one and "ArrowStream" in one
        ],
        poll_s=0.02,
    )
    before = time.monotonic()
    session.cancel()
    thread.join()
    spent_s = time.monotonic() - before
    session.close()

    assert spent_s <= 1.0
    assert [failure.stage for failure in failures] == ["query"]
    query_id = asked[-1].partition(" ")[0]
    assert (
        f"{query_id} KILL QUERY WHERE query_id = {{id:String}} ASYNC" in clickhouse_server.asked()
    )


def test_a_query_that_takes_too_long_ends_at_the_stage_timeout(open_context):
    session = KIND.open(open_context(limits=QueryLimits(max_seconds=0.5)))

    with pytest.raises(ConnectorError) as failed:
        list(
            session.run(
                sent("SELECT sleepEachRow(0.5) FROM numbers(6) SETTINGS max_block_size = 1")
            )
        )
    session.close()

    assert failed.value.stage == "timeout"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("INSERT INTO net.hosts VALUES (9)", "query"),
        ("DROP TABLE net.hosts", "query"),
        ("SELECT no_such_column FROM net.hosts", "query"),
    ],
)
def test_what_the_check_would_refuse_the_connection_refuses_too(open_context, text, stage):
    session = KIND.open(open_context())

    with pytest.raises(ConnectorError) as failed:
        list(session.run(sent(text)))
    session.close()

    assert failed.value.stage == stage


EXCESS = {
    "superuser": "GRANT ALL ON *.* TO r WITH GRANT OPTION",
    "writes": "GRANT SELECT, INSERT ON net.* TO r",
    "creates": "GRANT CREATE TABLE ON net.* TO r",
    "sources": "GRANT SELECT(a, b), URL ON *.* TO r",
    "accounts": "GRANT ACCESS MANAGEMENT ON *.* TO r",
    "administration": "GRANT SYSTEM FLUSH LOGS ON *.* TO r",
    "dictionaries": "GRANT dictGet ON net.* TO r",
    "other-databases": "GRANT SELECT ON hr.salaries TO r",
    "roles": "GRANT admin, reader TO r",
}


@pytest.mark.parametrize("check", EXCESS)
def test_the_audit_warns_about_each_excess_right(check):
    least = "GRANT SELECT ON net.hosts TO r\n"

    clean = account_findings(least, "net", is_read_only=True)
    findings = account_findings(least + EXCESS[check], "net", is_read_only=True)

    assert [found for found in clean if found.is_excess] == []
    assert check in {found.check for found in findings if found.is_excess}


def test_the_audit_of_a_mighty_account_warns(open_context):
    session = KIND.open(open_context(user="mighty", password="x"))

    excess = {found.check for found in session.audit() if found.is_excess}
    session.close()

    assert excess >= {
        "writes",
        "creates",
        "sources",
        "administration",
        "other-databases",
        "settings-profile",
    }


def test_the_pools_of_a_library_know_one_host_alone(open_context, clickhouse_server):
    context = open_context()
    pools = OneHostPools(
        lambda: context.outbound.http_pool(f"http://127.0.0.1:{clickhouse_server.port}")
    )

    assert pools.request("GET", f"http://127.0.0.1:{clickhouse_server.port}/asked").status == 200
    for url in (
        "http://127.0.0.2/",
        f"https://127.0.0.1:{clickhouse_server.port}/",
        "http://127.0.0.1:1/",
    ):
        with pytest.raises(EgressForbiddenError):
            pools.request("GET", url)
    pools.clear()


def test_a_stream_without_its_end_is_not_taken_for_all_rows():
    batch = pa.RecordBatch.from_pydict({"n": [1, 2, 3]})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
        writer.write_batch(batch)
    whole, cut = io.BytesIO(sink.getvalue()), io.BytesIO(sink.getvalue()[: -len(END_OF_STREAM)])

    assert [block.num_rows for block in whole_stream(MarkedStream(whole))] == [3, 3]
    rows = whole_stream(MarkedStream(cut))
    assert [next(rows).num_rows, next(rows).num_rows] == [3, 3]
    with pytest.raises(pa.ArrowInvalid):
        next(rows)
