"""A connector to a real MariaDB: its account, its types, its stages, its audit."""

import datetime as dt
import re
import threading
from decimal import Decimal

import pyarrow as pa
import pytest

from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.mysql import KIND
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits
from graphkeep.sources.databases.stages import ConnectorError
from tests.database_servers.sample_tables import SECRET
from tests.ports import free_port
from tests.sources.databases.kinds import ask, context_of
from tests.sources.databases.pages.recipes import blocks, recipe
from tests.waiting import machine_load, wait_until

PAGE = "connect-mysql.md"
PASSWORD = "choose-a-long-password"


@pytest.fixture(scope="module")
def account(mariadb_server):
    """The account of the how-to page, made as the page says."""
    mariadb_server.run(*recipe(PAGE))
    return "graphkeep_reader"


@pytest.fixture
def open_context(mariadb_server, account):
    def make(*, limits=None, password=PASSWORD, **settings):
        values = {
            "host": "127.0.0.1", "port": mariadb_server.port, "database": "net", "user": account,
            "ca_certificates": mariadb_server.authority, **settings,
        }  # fmt: skip
        return context_of(KIND, values, {"password": password}, limits=limits)

    return make


@pytest.fixture
def session(open_context):
    opened = KIND.open(open_context())
    yield opened
    opened.close()


def sent(text, parameters=None):
    """A query past the check, to see what the connection itself holds back."""
    return CheckedQuery(language="sql", text=text, parameters=parameters or {})


def excess(findings):
    return {found.check for found in findings if found.is_excess}


def test_sh62_the_account_of_the_how_to_page_reads_its_tables_and_passes_the_audit(session):
    session.test()

    assert [found for found in session.audit() if found.is_excess] == []
    assert len(session.audit()) >= 12


def test_the_schema_lists_what_the_account_may_read_and_nothing_else(session):
    listed = session.schema()

    assert [(table.container, table.name) for table in listed.tables] == [
        ("net", "flows"), ("net", "hosts"),
    ]  # fmt: skip
    assert [(column.name, column.type) for column in listed.tables[1].columns][:2] == [
        ("id", "int(11)"), ("name", "varchar(40)"),
    ]  # fmt: skip


def test_rows_arrive_with_their_parameters_bound(open_context):
    table = ask(
        KIND, "sql", "SELECT id, name FROM hosts WHERE os IN (:systems) AND name NOT LIKE '%ta' ORDER BY id",
        open_context(), parameters={"systems": ["linux", "x'; DROP TABLE hosts; --", "\\' OR 1=1 #"]},
    )  # fmt: skip

    assert table.to_pydict() == {"id": [1, 3], "name": ["alpha", "gamma"]}


def test_a_time_with_a_zone_is_bound_in_utc(open_context):
    since = dt.datetime(2026, 1, 2, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=3)))

    table = ask(KIND, "sql", "SELECT :since AS since, count(*) AS n FROM hosts WHERE seen >= :since",
                open_context(), since=since)  # fmt: skip

    assert table.to_pydict() == {"since": ["2026-01-02 09:00:00"], "n": [4]}


def test_the_example_of_the_how_to_page_runs(open_context):
    table = ask(KIND, "sql", blocks(PAGE)[-1], open_context(), parameters={"port": 22})

    assert table.column_names == ["source_id", "destination_id", "flows"]
    assert sum(table["flows"].to_pylist()) == 10


def test_a_result_without_rows_has_its_columns(open_context):
    table = ask(KIND, "sql", "SELECT id, name AS id FROM hosts WHERE id = 99", open_context())

    assert table.schema == pa.schema([("id", pa.int32()), ("id_2", pa.string())])
    assert table.num_rows == 0


def test_types_are_exact(mariadb_server, session):
    mariadb_server.run(
        """CREATE TABLE net.every_type (money DECIMAL(19, 2), free DECIMAL(65, 30), big BIGINT UNSIGNED, tiny TINYINT,
        small SMALLINT UNSIGNED, half FLOAT, whole DOUBLE, at TIMESTAMP(6) NULL, local DATETIME(3), day DATE, hour TIME, made YEAR,
        bits BIT(10), bytes VARBINARY(10), doc JSON, kind ENUM('a', 'b'), words TEXT, zero DATE)""",
        """SET STATEMENT sql_mode = '' FOR INSERT INTO net.every_type VALUES (12345678901234567.89, 0.1, 18446744073709551615,
        -128, 65535, 1.5, 0.1, '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05.678', '2026-01-02', '-30:04:05', 2026,
        b'1000000001', x'00ff', '{"a": 1.10}', 'b', 'ünï 🐘', '0000-00-00')""",
        "GRANT SELECT ON net.every_type TO graphkeep_reader@'%'",
    )

    table = pa.Table.from_batches(session.run(sent("SELECT * FROM net.every_type")))
    session.close()
    mariadb_server.run("DROP TABLE net.every_type")

    assert table.to_pylist() == [
        {
            "money": Decimal("12345678901234567.89"),
            "free": Decimal("0.100000000000000000000000000000"),
            "big": 18446744073709551615,
            "tiny": -128,
            "small": 65535,
            "half": 1.5,
            "whole": 0.1,
            "at": dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC),
            "local": dt.datetime(2026, 1, 2, 3, 4, 5, 678000),  # noqa: DTZ001 - DATETIME has no zone
            "day": dt.date(2026, 1, 2),
            "hour": "-30:04:05",
            "made": 2026,
            "bits": 513,
            "bytes": b"\x00\xff",
            "doc": '{"a": 1.10}',
            "kind": "b",
            "words": "ünï 🐘",
            "zero": None,
        }
    ]
    assert table.schema.field("money").type == pa.decimal128(19, 2)


def test_at_most_one_batch_beyond_the_cap_is_fetched(open_context):
    text = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) SELECT n FROM c"

    table = ask(KIND, "sql", text, open_context(limits=QueryLimits(max_rows=700)))

    assert table["n"].to_pylist() == list(range(1, 702))


def test_rows_beyond_the_cap_end_at_the_server(open_context, mariadb_server):
    session = KIND.open(open_context(limits=QueryLimits(max_rows=1000)))
    text = "SELECT a.id FROM net.flows a, net.flows b, net.flows c, net.flows d, net.flows e"

    rows = sum(batch.num_rows for batch in session.run(sent(text)))

    assert 1000 < rows <= 11_000
    running = "SELECT count(*) FROM information_schema.processlist WHERE user = 'graphkeep_reader' AND info LIKE '%flows a%'"
    wait_until(lambda: mariadb_server.ask(running) == [(0,)], poll_s=0.01)
    assert next(session.run(sent("SELECT 1 AS one"))).to_pydict() == {"one": [1]}
    session.close()


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("INSERT INTO net.hosts (id) VALUES (99)", "permission"),
        ("SELECT * FROM hr.salaries", "permission"),
        ("SELECT * FROM net.nothing", "permission"),
        ("SELECT 1; SELECT 2", "query"),
        ("SELECT no_such_column FROM net.hosts", "query"),
        ("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE net.hosts", "query"),
    ],
)
def test_what_the_check_would_refuse_the_connection_refuses_too(session, text, stage):
    with pytest.raises(ConnectorError) as failed:
        list(session.run(sent(text)))

    assert failed.value.stage == stage
    assert SECRET not in str(failed.value)


def test_an_account_with_all_rights_cannot_write_through_the_connector(
    open_context, mariadb_server
):
    mariadb_server.run(
        "CREATE USER mighty@'%' IDENTIFIED BY 'x'", "GRANT ALL PRIVILEGES ON *.* TO mighty@'%'"
    )
    session = KIND.open(open_context(user="mighty", password="x"))

    with pytest.raises(ConnectorError, match="READ ONLY transaction"):
        list(session.run(sent("DELETE FROM net.hosts")))
    session.close()

    mariadb_server.run("DROP USER mighty@'%'")


def test_cancel_ends_the_query_at_the_server(session, mariadb_server):
    failures = []

    def run():
        try:
            list(session.run(sent("SELECT sleep(60)")))
        except ConnectorError as error:
            failures.append(error)

    running = "SELECT count(*) FROM information_schema.processlist WHERE user = 'graphkeep_reader' AND info LIKE '%sleep%'"
    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: mariadb_server.ask(running) == [(1,)])
    before = dt.datetime.now(dt.UTC)
    session.cancel()
    wait_until(lambda: mariadb_server.ask(running) == [(0,)], poll_s=0.01)
    spent_s = (dt.datetime.now(dt.UTC) - before).total_seconds()
    thread.join()

    assert spent_s <= machine_load()
    assert [failure.stage for failure in failures] == ["query"]


def test_a_query_that_takes_too_long_ends_at_the_stage_timeout(open_context):
    session = KIND.open(open_context(limits=QueryLimits(max_seconds=0.3)))

    with pytest.raises(ConnectorError) as failed:
        list(session.run(sent("SELECT sleep(60)")))
    session.close()

    assert failed.value.stage == "timeout"
    assert failed.value.message == "The query took longer than 0.3 s."


def test_each_stage_is_named(open_context, mariadb_server):
    stages = {
        "refused": open_context(port=free_port()),
        "tls": open_context(ca_certificates=""),
        "sign-in": open_context(password="wrong-canary-password"),
        "permission": open_context(database="hr"),
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


def test_an_account_that_requires_tls_cannot_sign_in_without(open_context):
    session = KIND.open(open_context(tls="off", ca_certificates=""))

    with pytest.raises(ConnectorError) as failed:
        session.test()
    session.close()

    assert failed.value.stage == "sign-in"
    assert "REQUIRE SSL" in failed.value.advice


EXCESS = {
    "superuser": "GRANT SUPER ON *.* TO {user}",
    "writes": "GRANT UPDATE (name) ON net.hosts TO {user}",
    "creates": "GRANT CREATE VIEW ON net.* TO {user}",
    "server-files": "GRANT FILE ON *.* TO {user}",
    "accounts": "GRANT CREATE USER ON *.* TO {user}",
    "processes": "GRANT PROCESS ON *.* TO {user}",
    "replication": "GRANT REPLICATION SLAVE ON *.* TO {user}",
    "routines": "GRANT EXECUTE ON net.* TO {user}",
    "locks": "GRANT LOCK TABLES ON net.* TO {user}",
    "other-databases": "GRANT SELECT ON hr.salaries TO {user}",
    "administration": "GRANT SHUTDOWN ON *.* TO {user}",
    "roles": "GRANT excess_role TO {user}",
}


@pytest.mark.parametrize("check", EXCESS)
def test_sh65_the_audit_warns_about_each_excess_right(mariadb_server, open_context, check):
    user = "excess@'%'"
    mariadb_server.run(
        "CREATE ROLE excess_role", f"CREATE USER {user} IDENTIFIED BY 'x'",
        f"GRANT SELECT ON net.hosts TO {user}", EXCESS[check].format(user=user),
    )  # fmt: skip
    session = KIND.open(open_context(user="excess", password="x"))

    findings = session.audit()
    session.close()

    mariadb_server.run(f"DROP USER {user}", "DROP ROLE excess_role")
    assert excess(findings) == {check}
    warning = next(found for found in findings if found.check == check)
    assert warning.message.endswith(".")
    assert warning.advice


def test_the_audit_never_shows_a_password_hash(mariadb_server, open_context):
    mariadb_server.run(
        "CREATE USER hashed@'%' IDENTIFIED BY 'x'", "GRANT ALL PRIVILEGES ON *.* TO hashed@'%' WITH GRANT OPTION"
    )  # fmt: skip
    [(line,)] = mariadb_server.ask("SHOW GRANTS FOR hashed@'%'")
    [password_hash] = re.findall(r"'\*([0-9A-F]{40})'", line)
    session = KIND.open(open_context(user="hashed", password="x"))

    text = str(session.audit())
    session.close()
    mariadb_server.run("DROP USER hashed@'%'")

    assert "superuser" in text
    assert "IDENTIFIED" not in text
    assert password_hash not in text


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"host": "db.example#"}, "host"),
        ({"host": "user@db.example"}, "host"),
        ({"local_infile": True}, "local_infile"),
        ({"tls": "prefer"}, "tls"),
        ({"port": 70000}, "port"),
        ({"ca_certificates": "no pem"}, "ca_certificates"),
        ({"database": "x" * 65}, "database"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(settings, field):
    values = {"host": "db.example", "database": "net", "user": "reader", **settings}

    with pytest.raises(UserInputError) as refused:
        context_of(KIND, values, named=())

    assert refused.value.field == f"settings.{field}"
