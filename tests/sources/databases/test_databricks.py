"""A connector to Databricks SQL, against a double of its public API: types, chunks, links, end, audit."""

import datetime as dt
import threading
import time

import pyarrow as pa
import pytest

from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.databricks import KIND
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.doubles.databricks import TOKEN, WAREHOUSE, privilege_of
from tests.sources.databases.kinds import ask, context_of
from tests.sources.databases.pages.recipes import recipe
from tests.waiting import wait_until


@pytest.fixture
def open_context(databricks_double):
    def make(*, limits=None, token=TOKEN, **settings):
        return context_of(
            KIND, databricks_double.settings(**settings), {"token": token}, limits=limits
        )

    yield make
    databricks_double.person, databricks_double.privileges = {}, []
    databricks_double.group_privileges = {}


def sent(text, parameters=None):
    return CheckedQuery(language="sql", text=text, parameters=parameters or {})


def test_a_query_is_sent_with_its_warehouse_limits_and_bound_parameters(
    open_context, databricks_double
):
    table = ask(
        KIND, "sql", "SELECT id FROM hosts WHERE name <> :name AND id IN (:ids) AND seen > :since ORDER BY id",
        open_context(limits=QueryLimits(max_rows=50)), parameters={"name": "x'; DROP TABLE hosts; --", "ids": [1, 2, 3]},
        since=dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC),
    )  # fmt: skip

    assert table.to_pydict() == {"id": [2, 3]}
    assert list(databricks_double.statements.values())[-1]["request"] == {
        "statement": "SELECT id FROM `lake`.`net`.hosts WHERE name <> :p1 AND id IN (:p2, :p3, :p4) AND seen > :p0 ORDER BY id LIMIT 51",
        "warehouse_id": WAREHOUSE,
        "catalog": "lake",
        "schema": "net",
        "parameters": [
            {"name": "p0", "value": "2026-01-01 12:00:00+00:00", "type": "TIMESTAMP"},
            {"name": "p1", "value": "x'; DROP TABLE hosts; --", "type": "STRING"},
            {"name": "p2", "value": "1", "type": "BIGINT"},
            {"name": "p3", "value": "2", "type": "BIGINT"},
            {"name": "p4", "value": "3", "type": "BIGINT"},
        ],
        "wait_timeout": "5s",
        "on_wait_timeout": "CONTINUE",
        "disposition": "INLINE",
        "format": "JSON_ARRAY",
        "row_limit": 51,
        "byte_limit": 256 << 20,
    }


def test_types_come_as_they_are(open_context):
    session = KIND.open(open_context())
    text = """SELECT CAST(12.50 AS DECIMAL(9, 2)) AS money, CAST(9007199254740993 AS BIGINT) AS big, true AS yes,
        CAST('2026-01-02' AS DATE) AS day, CAST('2026-01-02 03:04:05.678901' AS TIMESTAMP_NTZ) AS local, 1.5D AS half, NULL AS nothing"""

    table = pa.Table.from_batches(session.run(sent(text)))
    session.close()

    assert table.schema.field("money").type == pa.decimal128(9, 2)
    assert table.schema.field("local").type == pa.timestamp("us")
    assert table.to_pylist()[0] | {"money": None} == {
        "money": None, "big": 9007199254740993, "yes": True, "day": dt.date(2026, 1, 2),
        "local": dt.datetime(2026, 1, 2, 3, 4, 5, 678901), "half": 1.5, "nothing": None,  # noqa: DTZ001
    }  # fmt: skip


@pytest.mark.parametrize("storage", [[], ["localhost"]])
def test_chunks_come_in_their_order_inline_and_from_the_storage(
    open_context, databricks_double, storage
):
    databricks_double.storage_headers.clear()
    session = KIND.open(open_context(storage_hosts=storage))

    table = pa.Table.from_batches(session.run(sent("SELECT range AS n FROM range(3500)")))
    total = session.total_rows()
    session.close()

    assert table["n"].to_pylist() == list(range(3500))
    assert total == 3500
    assert len(databricks_double.storage_headers) == (4 if storage else 0)
    assert not any("authorization" in headers for headers in databricks_double.storage_headers)


def test_a_result_on_a_host_that_is_not_named_is_not_fetched(open_context, databricks_double):
    databricks_double.storage_headers.clear()
    session = KIND.open(open_context(storage_hosts=["storage.example"]))

    with pytest.raises(
        ConnectorError, match="localhost, which is not among the storage hosts"
    ) as failed:
        list(session.run(sent("SELECT 1 AS one")))
    session.close()

    assert failed.value.stage == "policy"
    assert databricks_double.storage_headers == []


def test_cancel_reaches_the_source(open_context, databricks_double):
    session = KIND.open(open_context())
    failures = []

    def run():
        try:
            list(session.run(sent("SELECT slow")))
        except ConnectorError as error:
            failures.append(error)

    before = len(databricks_double.statements)
    thread = threading.Thread(target=run)
    thread.start()
    wait_until(
        lambda: len(databricks_double.statements) > before and session._statement_id, poll_s=0.01
    )
    started = time.monotonic()
    session.cancel()
    wait_until(
        lambda: list(databricks_double.statements.values())[-1]["status"]["state"] == "CANCELED",
        poll_s=0.01,
    )
    spent_s = time.monotonic() - started
    thread.join()
    session.close()

    assert spent_s <= 1.0
    assert [failure.stage for failure in failures] == ["query"]


def test_a_query_that_takes_too_long_is_cancelled_at_the_source(open_context, databricks_double):
    session = KIND.open(open_context(limits=QueryLimits(max_seconds=0.4)))

    with pytest.raises(ConnectorError) as failed:
        list(session.run(sent("SELECT slow")))
    session.close()

    assert failed.value.stage == "timeout"
    wait_until(
        lambda: list(databricks_double.statements.values())[-1]["status"]["state"] == "CANCELED",
        poll_s=0.01,
    )


def test_a_failed_statement_says_what_the_source_says(open_context):
    with pytest.raises(ConnectorError, match="no_such_column") as failed:
        ask(KIND, "sql", "SELECT no_such_column FROM hosts", open_context())

    assert failed.value.stage == "query"


def test_other_catalogs_and_schemas_are_refused(open_context):
    context = open_context()

    for text, allowed, message in (
        (
            "SELECT * FROM other.net.hosts",
            {},
            "database `other` is not allowed here; allowed: lake",
        ),
        (
            "SELECT * FROM hr.salaries",
            {"schemas": ("net",)},
            "schema `hr` is not allowed here; allowed: net",
        ),
    ):
        with pytest.raises(QueryRefusedError) as refused:
            ask(KIND, "sql", text, context, allowed=allowed)
        assert refused.value.message == message


EXCESS = {
    "superuser": ({"groups": [{"display": "admins"}]}, []),
    "clusters": ({"entitlements": [{"value": "allow-cluster-create"}]}, []),
    "instance-pools": ({"entitlements": [{"value": "allow-instance-pool-create"}]}, []),
    "workspace": ({"entitlements": [{"value": "workspace-access"}]}, []),
    "writes": ({}, [["MODIFY", "net", "hosts"]]),
    "ownership": ({}, [["ALL PRIVILEGES", "net", "hosts"]]),
    "other-schemas": ({}, [["SELECT", "hr", "salaries"]]),
    "writes of the catalog": ({}, [["APPLY TAG", "*", "*"], ["USE CATALOG", "*", "*"]]),
    "ownership of a schema": ({}, [["MANAGE", "net", "*"]]),
    "routines": ({}, [["EXECUTE", "net", "*"]]),
    "files": ({}, [["READ VOLUME", "net", "*"]]),
    "creates": ({}, [["CREATE TABLE", "net", "*"]]),
}


def test_the_rights_of_groups_are_the_account_s_too(open_context, databricks_double):
    databricks_double.person = {"groups": [{"display": "o'hara's team"}]}
    databricks_double.group_privileges = {
        "account users": [["MODIFY", "net", "hosts"]], "others": [["EXECUTE", "net", "*"]],
    }  # fmt: skip
    session = KIND.open(open_context())

    findings = session.audit()
    session.close()

    assert {found.check for found in findings if found.is_excess} == {"writes"}


def test_the_grants_of_the_page_pass_the_audit_of_the_double(open_context, databricks_double):
    grants = recipe("connect-databricks.md")
    databricks_double.privileges = [privilege_of(grant) for grant in grants]
    session = KIND.open(open_context())

    findings = session.audit()
    session.close()

    assert databricks_double.privileges == [
        ["USE CATALOG", "*", "*"], ["USE SCHEMA", "net", "*"],
        ["SELECT", "net", "hosts"], ["SELECT", "net", "flows"],
    ]  # fmt: skip
    assert [found for found in findings if found.is_excess] == []


@pytest.mark.parametrize("check", EXCESS)
def test_the_audit_warns_about_each_excess_right(open_context, databricks_double, check):
    session = KIND.open(open_context())
    databricks_double.privileges = [["SELECT", "net", "hosts"]]
    clean = session.audit()
    databricks_double.person, more = EXCESS[check]
    databricks_double.privileges = [["SELECT", "net", "hosts"], *more]

    findings = session.audit()
    session.close()

    assert [found for found in clean if found.is_excess] == []
    assert check.partition(" ")[0] in {found.check for found in findings if found.is_excess}
    if not check.endswith("catalog"):
        assert {found.check for found in findings if found.is_excess} == {check.partition(" ")[0]}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"host": "adb.example/sql"}, "host"),
        ({"warehouse_id": "../x"}, "warehouse_id"),
        ({"storage_hosts": ["a.example/x"]}, "storage_hosts"),
        ({"ca_certificates": "no pem"}, "ca_certificates"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(settings, field):
    with pytest.raises(UserInputError) as refused:
        context_of(KIND, {"host": "adb.example", "warehouse_id": "abc", **settings}, named=())

    assert refused.value.field.removeprefix("settings.") == field
