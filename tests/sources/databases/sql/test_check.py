"""What the check of SQL promises: names, parameters, limits, sentences, time."""

import datetime as dt
import time

import pytest
import sqlglot
from sqlglot.optimizer.scope import traverse_scope

from graphkeep.sources.databases.sql.dialect import sqlglot_dialect
from graphkeep.sources.databases.sql.dialects import SQL_DIALECTS
from graphkeep.sources.databases.stages import QueryRefusedError
from tests.sources.databases.sql.conftest import checked
from tests.sources.databases.sql.honest_queries import HONEST
from tests.waiting import machine_load


def refused(dialect, text, **more):
    with pytest.raises(QueryRefusedError) as caught:
        checked(dialect, text, **more)
    return caught.value


def test_a_name_without_a_schema_is_sent_with_the_one_that_was_checked():
    query = checked("postgres", "SELECT hosts.name FROM hosts", max_rows=9)

    assert query.text == 'SELECT hosts.name FROM "public".hosts LIMIT 10'
    assert query.names == ("tables: public.hosts",)


def test_a_table_that_is_not_allowed_is_named_with_those_that_are():
    error = refused("postgres", "SELECT * FROM hosts, salaries")

    assert error.message == "table `public.salaries` is not allowed here; allowed: flows, hosts"
    assert error.position == 21
    assert error.stage == "policy"


def test_a_schema_that_is_not_allowed_is_named_with_those_that_are():
    error = refused("mysql", "SELECT * FROM hr.salaries", allowed={"databases": ("net", "auth*")})

    assert error.message == "database `hr` is not allowed here; allowed: auth*, net"


def test_a_mistyped_name_is_answered_with_the_nearest():
    table = refused("postgres", "SELECT * FROM hostz")
    function = refused("postgres", "SELECT regexp_matces(name, 'x') FROM hosts")
    word = refused("mysql", "SELCT 1")

    assert table.advice == "Did you mean `hosts`?"
    assert function.message == "function `regexp_matces` is not allowed here"
    assert function.advice == "Did you mean `regexp_matches`?"
    assert function.position == 7
    assert word.advice == "Did you mean `SELECT`?"


def test_a_refusal_says_why_a_function_is_dangerous():
    error = refused("postgres", "SELECT pg_read_file('x')")

    assert (
        error.message == "function `pg_read_file` is not allowed here: it reads files of the server"
    )


@pytest.mark.parametrize(
    ("allowed", "text", "is_sent"),
    [
        ({}, "SELECT * FROM other.things", True),
        ({"schemas": ()}, "SELECT * FROM hosts", False),
        ({"schemas": ("net*",)}, "SELECT * FROM network.x", True),
        ({"schemas": ("net*",)}, "SELECT * FROM public.x", False),
        ({"tables": ("public.h*",)}, "SELECT * FROM hosts", True),
        ({"tables": ("public.h*",)}, "SELECT * FROM hr.hosts", False),
        ({"tables": ("hosts",)}, "SELECT * FROM hr.hosts", False),
        ({"tables": ("hosts",)}, 'SELECT * FROM "Hosts"', False),
        ({"tables": ("hosts",)}, "SELECT * FROM HOSTS", True),
        ({"tables": ("*",)}, "SELECT * FROM pg_catalog.pg_class", False),
        ({"schemas": ("*",)}, "SELECT * FROM information_schema.tables", False),
        ({"schemas": ("information_schema",)}, "SELECT * FROM information_schema.tables", True),
        ({"tables": ("pg_catalog.pg_class",)}, "SELECT * FROM pg_catalog.pg_class", True),
        ({"tables": ("pg_catalog.pg_class",)}, "SELECT * FROM pg_catalog.pg_authid", False),
    ],
)
def test_lists_of_a_policy(allowed, text, is_sent):
    if is_sent:
        assert checked("postgres", text, allowed=allowed).text.startswith("SELECT * FROM")
    else:
        refused("postgres", text, allowed=allowed)


@pytest.mark.parametrize(
    ("dialect", "text", "parameters"),
    [
        ("postgres", 'SELECT id FROM "public".hosts WHERE name = $2 AND id IN ($3, $4) AND seen > $1 AND name LIKE \'%x\' LIMIT 1001',
         (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "x' OR 1=1 --", 1, 2)),
        ("mysql", "SELECT id FROM `net`.hosts WHERE name = %(p1)s AND id IN (%(p2)s, %(p3)s) AND seen > %(p0)s AND name LIKE '%%x' LIMIT 1001",
         {"p0": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "p1": "x' OR 1=1 --", "p2": 1, "p3": 2}),
        ("sqlite", 'SELECT id FROM "main".hosts WHERE name = :p1 AND id IN (:p2, :p3) AND seen > :p0 AND name LIKE \'%x\' LIMIT 1001',
         {"p0": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "p1": "x' OR 1=1 --", "p2": 1, "p3": 2}),
        ("duckdb", 'SELECT id FROM "main".hosts WHERE name = $p1 AND id IN ($p2, $p3) AND seen > $p0 AND name LIKE \'%x\' LIMIT 1001',
         {"p0": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "p1": "x' OR 1=1 --", "p2": 1, "p3": 2}),
        ("clickhouse", "SELECT id FROM \"net\".hosts WHERE name = {p1:String} AND id IN ({p2:Int64}, {p3:Int64}) AND seen > {p0:DateTime64(6, 'UTC')} AND name LIKE '%x' LIMIT 1001",
         {"p0": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "p1": "x' OR 1=1 --", "p2": 1, "p3": 2}),
    ],
)  # fmt: skip
def test_parameters_are_bound_in_the_driver_s_style(dialect, text, parameters):
    query = checked(
        dialect,
        "SELECT id FROM hosts WHERE name = :name AND id IN (:ids) AND seen > :since AND name LIKE '%x'",
        {"name": "x' OR 1=1 --", "ids": [1, 2]},
        since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )

    assert query.text == text
    assert query.parameters == parameters


@pytest.mark.parametrize(
    "value", ["x'; DROP TABLE hosts; --", "\\' OR 1=1 #", "$1", "%s", ":p0", "gkp0_"]
)
@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite", "duckdb"])
def test_a_hostile_value_is_a_value(rows_of, dialect, value):
    query = checked(
        dialect, "SELECT count(*), :value FROM hosts WHERE name = :value", {"value": value}
    )

    assert rows_of(dialect)(query.text, query.parameters) == [(0, value)]


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite", "duckdb"])
def test_an_empty_list_gives_no_rows(rows_of, dialect):
    query = checked(dialect, "SELECT id FROM hosts WHERE id IN (:ids)", {"ids": []})

    assert rows_of(dialect)(query.text, query.parameters) == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "The parameter `:name` has no value; given: none"),
        ({"nam": 1}, "The parameter `:name` has no value; given: :nam"),
        ({"name": [1]}, "The parameter `:name` is a list; write it after IN, in parentheses"),
        ({"name": {"a": 1}}, "The parameter `name` is neither a text, a number, a time nor a list"),
        ({"name": object()}, "The parameter `name` is neither a text, a number, a time nor a list"),
    ],
)
def test_a_parameter_that_cannot_be_bound_is_named(parameters, message):
    error = refused("postgres", "SELECT id FROM hosts WHERE name = :name", parameters=parameters)

    assert error.message == message


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("SELECT id FROM hosts", "hosts LIMIT 11"),
        ("SELECT id FROM hosts LIMIT 3", "hosts LIMIT 3"),
        ("SELECT id FROM hosts LIMIT 300", "hosts LIMIT 11"),
        ("SELECT id FROM hosts LIMIT ALL", "hosts LIMIT 11"),
        ("SELECT id FROM hosts LIMIT :n", "hosts LIMIT 4"),
        ("SELECT id FROM hosts ORDER BY id DESC OFFSET 2", "ORDER BY id DESC LIMIT 11 OFFSET 2"),
        ("SELECT id FROM (SELECT id FROM hosts LIMIT 99) x", "LIMIT 99) AS x LIMIT 11"),
        ("SELECT id FROM hosts FETCH FIRST 300 ROWS ONLY", "FETCH FIRST 11 ROWS ONLY"),
        ("SELECT id FROM hosts UNION SELECT id FROM hosts", '"public".hosts LIMIT 11'),
        ("(SELECT id FROM hosts LIMIT 99)", "LIMIT 99) LIMIT 11"),
        ("VALUES (1)", "VALUES (1)"),
    ],
)
def test_the_row_cap_is_pushed_down_without_changing_inner_limits_or_order(text, ending):
    assert checked("postgres", text, {"n": 4}, max_rows=10).text.endswith(ending)


@pytest.mark.parametrize("dialect", HONEST)
def test_the_tables_of_honest_queries_are_those_that_sqlglot_s_scopes_have(dialect):
    for text in HONEST[dialect]:
        tree = sqlglot.parse_one(text, read=sqlglot_dialect(SQL_DIALECTS[dialect]))
        expected = {
            source.name
            for scope in traverse_scope(tree)
            for source in scope.sources.values()
            if isinstance(source, sqlglot.exp.Table)
            and isinstance(source.this, sqlglot.exp.Identifier)
        } & {"hosts", "flows"}  # recursive CTEs count as sources of their own there

        names = {name.rpartition(".")[2] for name in checked(dialect, text).names}

        assert names == expected, text


def test_an_unreadable_query_is_answered_with_the_place_of_the_fault():
    error = refused("postgres", "SELECT FROM WHERE")

    assert error.message.startswith("The query does not read as PostgreSQL at line 1, column ")


def test_a_check_takes_at_most_5_ms_a_query():
    for dialect, texts in HONEST.items():
        checked(dialect, texts[0])
        before = time.process_time()
        for text in texts:
            checked(dialect, text)
        spent_s = (time.process_time() - before) / len(texts)

        assert spent_s <= 0.005 * machine_load(), f"{dialect}: {spent_s * 1000:.1f} ms"
