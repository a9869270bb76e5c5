"""A connector to a real PostgreSQL: its role, its types, its stages, its audit."""

import datetime as dt
import threading
from decimal import Decimal

import pyarrow as pa
import pytest

from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.postgresql import KIND
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits
from graphkeep.sources.databases.stages import ConnectorError
from tests.database_servers.sample_tables import HOSTS, SECRET
from tests.ports import free_port
from tests.sources.databases.kinds import ask, context_of
from tests.sources.databases.pages.recipes import blocks, recipe
from tests.waiting import machine_load, wait_until

PAGE = "connect-postgresql.md"
PASSWORD = "choose-a-long-password"


@pytest.fixture(scope="module")
def role(postgresql_server):
    """The role of the how-to page, made as the page says."""
    for statement in recipe(PAGE):
        postgresql_server.run(statement)
    return "graphkeep_reader"


@pytest.fixture
def open_context(postgresql_server, role):
    def make(*, limits=None, password=PASSWORD, **settings):
        values = {
            "host": "127.0.0.1", "port": postgresql_server.port, "database": "net", "user": role,
            "ca_certificates": postgresql_server.authority, **settings,
        }  # fmt: skip
        return context_of(KIND, values, {"password": password}, limits=limits)

    return make


@pytest.fixture
def session(open_context):
    opened = KIND.open(open_context())
    yield opened
    opened.close()


def sent(text, *parameters):
    """A query past the check, to see what the connection itself holds back."""
    return CheckedQuery(language="sql", text=text, parameters=parameters)


def excess(findings):
    return {found.check for found in findings if found.is_excess}


def test_sh62_the_role_of_the_how_to_page_reads_its_tables_and_passes_the_audit(session):
    session.test()

    assert [found for found in session.audit() if found.is_excess] == []
    assert len(session.audit()) >= 13


def test_the_schema_lists_what_the_role_may_read_and_nothing_else(session):
    listed = session.schema()

    assert [(table.container, table.name) for table in listed.tables] == [
        ("public", "flows"), ("public", "hosts"),
    ]  # fmt: skip
    assert [(column.name, column.type) for column in listed.tables[1].columns][:2] == [
        ("id", "integer"), ("name", "character varying(40)"),
    ]  # fmt: skip
    assert not listed.is_cut


def test_rows_arrive_with_their_parameters_bound(open_context):
    table = ask(
        KIND, "sql", "SELECT id, name FROM hosts WHERE os IN (:systems) ORDER BY id", open_context(),
        parameters={"systems": ["linux", "x'; DROP TABLE hosts; --"]},
    )  # fmt: skip

    assert table.to_pydict() == {"id": [1, 3], "name": ["alpha", "gamma"]}


def test_the_example_of_the_how_to_page_runs(open_context):
    table = ask(KIND, "sql", blocks(PAGE)[-1], open_context(), parameters={"port": 22})

    assert table.column_names == ["source_id", "destination_id", "flows"]
    assert sum(table["flows"].to_pylist()) == 10


def test_a_result_without_rows_has_its_columns(open_context):
    table = ask(KIND, "sql", "SELECT id, name AS id FROM hosts WHERE id = 99", open_context())

    assert table.schema == pa.schema([("id", pa.int32()), ("id_2", pa.string())])
    assert table.num_rows == 0


def test_types_are_exact(open_context):
    table = ask(
        KIND, "sql",
        """SELECT CAST(12345678901234567.89 AS numeric(19, 2)) AS money, CAST(1 AS numeric) / 3 AS third,
        CAST('NaN' AS numeric) AS nan, CAST('12345678901.1234567890123456789012345678904567' AS numeric) AS long, CAST('9007199254740993' AS bigint) AS big, CAST(1.5 AS real) AS small,
        CAST('2026-01-02 03:04:05.678901+02' AS timestamptz) AS at, CAST('2026-01-02' AS date) AS day,
        CAST('\\x00ff' AS bytea) AS bytes, CAST('{"a": 1.10}' AS jsonb) AS doc, CAST('10.0.0.0/8' AS cidr) AS net,
        CAST('1 month 2 days' AS interval) AS span, ARRAY[1, NULL, 3] AS numbers, true AS yes,
        CAST('03:04:05' AS time) AS hour, CAST('6ecd8c99-4036-403d-bf84-cf8400f67836' AS uuid) AS id""",
        open_context(),
    )  # fmt: skip

    row = table.to_pylist()[0]
    assert row == {
        "money": Decimal("12345678901234567.89"),
        "third": Decimal("0.333333333333333333330000000000"),
        "nan": None,
        "long": Decimal("12345678901.123456789012345678901234567890"),
        "big": 9007199254740993,
        "small": 1.5,
        "at": dt.datetime(2026, 1, 2, 1, 4, 5, 678901, tzinfo=dt.UTC),
        "day": dt.date(2026, 1, 2),
        "bytes": b"\x00\xff",
        "doc": '{"a": 1.10}',
        "net": "10.0.0.0/8",
        "span": "1 mon 2 days",
        "numbers": [1, None, 3],
        "yes": True,
        "hour": dt.time(3, 4, 5),
        "id": "6ecd8c99-4036-403d-bf84-cf8400f67836",
    }
    assert table.schema.field("at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("money").type == pa.decimal128(19, 2)


def test_a_date_beyond_python_s_years_is_a_sentence(open_context):
    with pytest.raises(ConnectorError, match="outside of the years 1 to 9999") as failed:
        ask(KIND, "sql", "SELECT CAST('infinity' AS date)", open_context())

    assert failed.value.stage == "query"


def test_at_most_one_batch_beyond_the_cap_is_fetched(open_context):
    text = "SELECT n FROM generate_series(1, 100000) AS g(n)"

    table = ask(KIND, "sql", text, open_context(limits=QueryLimits(max_rows=700)))

    assert table["n"].to_pylist() == list(range(1, 702))


def test_wide_rows_come_in_small_batches(open_context, session):
    session.context = open_context(limits=QueryLimits(max_bytes=40 << 20))

    sizes = [
        batch.nbytes
        for batch in session.run(sent("SELECT repeat('x', 9000) FROM generate_series(1, 20000)"))
    ]

    assert max(sizes) < 16 << 20
    assert sum(sizes) < 60 << 20


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("INSERT INTO public.hosts (id) VALUES (99)", "query"),
        ("SELECT * FROM hr.salaries", "permission"),
        ("SELECT * FROM public.nothing", "query"),
        ("SELECT 1; SELECT 2", "query"),
        ("COPY public.hosts TO '/tmp/x'", "query"),
    ],
)
def test_what_the_check_would_refuse_the_connection_refuses_too(session, text, stage):
    with pytest.raises(ConnectorError) as failed:
        list(session.run(sent(text)))

    assert failed.value.stage == stage
    assert SECRET not in str(failed.value)


def test_a_superuser_cannot_write_through_the_connector(open_context, postgresql_server):
    postgresql_server.run("CREATE ROLE too_mighty LOGIN SUPERUSER PASSWORD 'x'")
    postgresql_server.run("CREATE SEQUENCE public.numbers")
    postgresql_server.run(
        "CREATE FUNCTION public.delete_hosts() RETURNS void LANGUAGE sql AS 'DELETE FROM public.hosts'"
    )
    session = KIND.open(open_context(user="too_mighty", password="x"))

    for text in (
        "SELECT public.delete_hosts()",
        "SELECT nextval('public.numbers')",
    ):
        with pytest.raises(ConnectorError, match=r"read-only transaction"):
            list(session.run(sent(text)))
    session.close()

    assert postgresql_server.ask("SELECT count(*) FROM hosts") == [(len(HOSTS),)]


def test_cancel_ends_the_query_at_the_server(session, postgresql_server):
    failures = []

    def run():
        try:
            list(session.run(sent("SELECT pg_sleep(60)")))
        except ConnectorError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    running = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'graphkeep_reader' AND state = 'active'"
    wait_until(lambda: postgresql_server.ask(running) == [(1,)])
    before = dt.datetime.now(dt.UTC)
    session.cancel()
    wait_until(lambda: postgresql_server.ask(running) == [(0,)], poll_s=0.01)
    spent_s = (dt.datetime.now(dt.UTC) - before).total_seconds()
    thread.join()

    assert spent_s <= machine_load()
    assert [failure.stage for failure in failures] == ["query"]
    assert next(session.run(sent("SELECT 1 AS one"))).to_pydict() == {"one": [1]}


def test_a_query_that_takes_too_long_ends_at_the_stage_timeout(open_context):
    session = KIND.open(open_context(limits=QueryLimits(max_seconds=0.3)))

    with pytest.raises(ConnectorError) as failed:
        list(session.run(sent("SELECT pg_sleep(60)")))
    session.close()

    assert failed.value.stage == "timeout"
    assert failed.value.message == "The query took longer than 0.3 s."


def test_each_stage_is_named(open_context, postgresql_server):
    silent = free_port()
    stages = {
        "refused": open_context(port=silent),
        "tls": open_context(ca_certificates=""),
        "sign-in": open_context(password="wrong-canary-password"),
        "permission": open_context(schema="hr"),
    }
    seen = {}

    for stage, context in stages.items():
        session = KIND.open(context)
        with pytest.raises(ConnectorError) as failed:
            session.test()
        session.close()
        seen[stage] = failed.value.stage
        assert "canary" not in f"{failed.value} {failed.value.advice}"

    assert seen == {stage: stage for stage in stages}


def test_a_database_or_schema_that_does_not_exist_is_named(open_context):
    for settings, sentence in (
        ({"database": "nothing"}, "There is no database `nothing`."),
        ({"schema": "nothing"}, "There is no schema `nothing`."),
    ):
        session = KIND.open(open_context(**settings))
        with pytest.raises(ConnectorError) as failed:
            session.test()
        session.close()
        assert failed.value.message == sentence


def test_a_password_never_shows_in_the_context_or_in_errors(open_context):
    context = open_context(password="canary-password")
    session = KIND.open(context)

    with pytest.raises(ConnectorError) as failed:
        session.schema()
    session.close()

    assert "canary" not in repr(context)
    assert "canary" not in f"{failed.value!r} {failed.value} {failed.value.advice}"


EXCESS = {
    "superuser": "ALTER ROLE {role} SUPERUSER",
    "createrole": "ALTER ROLE {role} CREATEROLE",
    "createdb": "ALTER ROLE {role} CREATEDB",
    "bypassrls": "ALTER ROLE {role} BYPASSRLS",
    "replication": "ALTER ROLE {role} REPLICATION",
    "server-files": "GRANT pg_read_server_files TO {role}",
    "server-programs": "GRANT pg_execute_server_program TO {role}",
    "reads-all": "GRANT pg_read_all_data TO {role}",
    "signals": "GRANT pg_signal_backend TO {role}",
    "monitoring": "GRANT pg_monitor TO {role}",
    "roles": "CREATE ROLE excess_mighty SUPERUSER; ALTER ROLE {role} NOINHERIT; GRANT excess_mighty TO {role}",
    "definer-functions": "CREATE FUNCTION public.excess_salary(hosts) RETURNS text LANGUAGE sql SECURITY DEFINER "
    "AS 'SELECT name FROM hr.salaries LIMIT 1'",
    "writes": "GRANT UPDATE (name) ON hosts TO {role}",
    "creates": "GRANT CREATE ON SCHEMA public TO {role}",
    "other-schemas": "GRANT USAGE ON SCHEMA hr TO {role}; GRANT SELECT ON hr.salaries TO {role}",
    "ownership": "CREATE TABLE public.owned (a int); ALTER TABLE public.owned OWNER TO {role}",
}  # fmt: skip


@pytest.mark.parametrize("check", EXCESS)
def test_sh65_the_audit_warns_about_each_excess_right(postgresql_server, open_context, check):
    role = f"excess_{check.replace('-', '_')}"
    postgresql_server.run(
        f"CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA public TO {role}; "
        f"GRANT SELECT ON hosts TO {role}"
    )
    postgresql_server.run(EXCESS[check].format(role=role))
    session = KIND.open(open_context(user=role, password="x"))

    findings = session.audit()
    session.close()

    postgresql_server.run(
        f"DROP TABLE IF EXISTS public.owned; DROP FUNCTION IF EXISTS public.excess_salary; DROP OWNED BY {role}; "
        f"DROP ROLE {role}; DROP ROLE IF EXISTS excess_mighty"
    )
    assert check in excess(findings)
    if check not in {"superuser", "ownership", "reads-all"}:
        assert excess(findings) == {check}
    warning = next(found for found in findings if found.check == check)
    assert warning.message.endswith(".")
    assert warning.advice


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"host": "db.example#"}, "host"),
        ({"host": "user@db.example"}, "host"),
        ({"host": "db.example/x"}, "host"),
        ({"host": "/var/run/postgresql"}, "host"),
        ({"options": "-c x=y"}, "options"),
        ({"tls": "prefer"}, "tls"),
        ({"port": 0}, "port"),
        ({"ca_certificates": "no pem"}, "ca_certificates"),
        ({"tls": "off", "ca_certificates": "x"}, "ca_certificates"),
        ({"user": "x" * 64}, "user"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(settings, field):
    values = {"host": "db.example", "database": "net", "user": "reader", **settings}

    with pytest.raises(UserInputError) as refused:
        context_of(KIND, values, named=())

    assert refused.value.field == f"settings.{field}"
