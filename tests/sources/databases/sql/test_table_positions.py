"""A table that is not allowed, at each place of a query where one might stand: refused, or no table to the database either."""

from itertools import product

import duckdb
import psycopg
import pytest

from graphkeep.sources.databases.stages import QueryRefusedError
from tests.database_servers.clickhouse_accounts import ClickHouseAccount, ask_as
from tests.sources.databases.sql.conftest import checked

PLACES = (
    "SELECT {} FROM hosts",
    "SELECT * FROM {}",
    "SELECT * FROM hosts, {}",
    "SELECT * FROM hosts h JOIN {} s ON 1=1",
    "SELECT * FROM hosts WHERE name IN {}",
    "SELECT * FROM hosts WHERE name IN ({})",
    "SELECT * FROM hosts WHERE name NOT IN {}",
    "SELECT * FROM hosts WHERE (name) IN ({})",
    "SELECT * FROM hosts WHERE (name, 1) IN ({})",
    "SELECT * FROM hosts WHERE EXISTS {}",
    "SELECT * FROM hosts WHERE EXISTS ({})",
    "SELECT * FROM hosts WHERE name = ANY {}",
    "SELECT * FROM hosts WHERE name = ALL ({})",
    "SELECT * FROM hosts ORDER BY {}",
    "SELECT * FROM hosts GROUP BY {}",
    "SELECT count(*) FROM hosts HAVING {} IS NOT NULL",
    "SELECT * FROM hosts LIMIT {}",
    "SELECT * FROM hosts LIMIT 1 OFFSET {}",
    "WITH x AS {} SELECT * FROM x",
    "WITH x AS ({}) SELECT * FROM x",
    "WITH {} AS x SELECT x",
    "WITH x AS (SELECT 1), y AS ({}) SELECT * FROM y",
    "SELECT CASE WHEN 1=1 THEN {} END",
    "SELECT coalesce({}, 'x')",
    "SELECT CAST({} AS String)",
    "SELECT {} AS n FROM hosts",
    "SELECT [{}]",
    "SELECT ({}, 1)",
    "SELECT * FROM hosts ARRAY JOIN {} AS n",
    "SELECT n FROM hosts ARRAY JOIN [{}] AS n",
    "SELECT n FROM hosts LEFT ARRAY JOIN {} AS n",
    "SELECT * FROM hosts PREWHERE name IN {}",
    "SELECT * FROM hosts PREWHERE {} = 1",
    "SELECT * FROM (SELECT * FROM {})",
    "SELECT * FROM hosts UNION ALL SELECT * FROM {}",
    "SELECT * FROM hosts UNION ALL {}",
    "SELECT 1 EXCEPT {}",
    "{}",
    "({})",
    "VALUES ({})",
    "SELECT * FROM (VALUES ({})) t",
    "SELECT * FROM LATERAL {}",
    "SELECT * FROM hosts, LATERAL ({}) s",
    "SELECT sum(id) OVER (ORDER BY {}) FROM hosts",
    "SELECT sum(id) OVER w FROM hosts WINDOW w AS (PARTITION BY {})",
    "SELECT * FROM hosts QUALIFY {} = 1",
    "SELECT * FROM unnest({})",
    "SELECT arrayMap(x -> {}, [1])",
    "SELECT list_transform([1], x -> {})",
    "SELECT arrayExists(x -> x IN {}, ['a'])",
    "SELECT arrayExists(x -> x IN ({}), ['a'])",
    "SELECT count(*) FILTER (WHERE name IN ({})) FROM hosts",
    "SELECT sumIf(1, name IN {}) FROM hosts",
    "SELECT * FROM hosts WHERE name LIKE {}",
    "SELECT * FROM hosts WHERE name BETWEEN {} AND 'z'",
    "SELECT * REPLACE ({} AS name) FROM hosts",
    "SELECT * EXCLUDE ({}) FROM hosts",
    "SELECT COLUMNS({}) FROM hosts",
    "SELECT * FROM hosts LIMIT 1 BY {}",
    "SELECT * FROM hosts SAMPLE {}",
    "SELECT * FROM hosts FINAL, {}",
    "FROM {}",
    "FROM hosts SELECT {}",
    "TABLE {}",
    "SELECT * FROM json_each({})",
    "SELECT * FROM hosts WHERE name GLOBAL IN {}",
    "SELECT DISTINCT ON ({}) name FROM hosts",
    "SELECT name FROM hosts WHERE name IN {} OR name IN hosts",
    "SELECT if(name IN ({}), 1, 0) FROM hosts",
    "SELECT multiIf(name IN {}, 1, 0) FROM hosts",
    "SELECT * FROM numbers({})",
    "SELECT * FROM range({})",
    "SELECT * FROM hosts ASOF JOIN {} s ON hosts.id >= s.id",
    "SELECT {}.name FROM hosts",
    "SELECT max(({})) FROM hosts",
    "SELECT name[{}] FROM hosts",
    "SELECT INTERVAL {} DAY",
    "SELECT EXTRACT(year FROM {})",
    "SELECT trim({} FROM name) FROM hosts",
    "SELECT position({} IN name) FROM hosts",
    "SELECT substring(name FROM {}) FROM hosts",
    "SELECT group_concat(name, {}) FROM hosts",
    "SELECT argMax(name, {}) FROM hosts",
    "SELECT quantile({})(id) FROM hosts",
    "SELECT groupArray({})(name) FROM hosts",
)
TABLES = (
    "hr.salaries", "(hr.salaries)", "((hr.salaries))", "(SELECT name FROM hr.salaries)", "(TABLE hr.salaries)",
    "(SELECT groupArray(name) FROM hr.salaries)", "(SELECT name FROM hosts JOIN hr.salaries USING (name))",
    "(WITH hosts AS (SELECT * FROM hr.salaries) SELECT name FROM hosts)",
)  # fmt: skip
ROWS = (
    "INSERT INTO {}hosts VALUES (1, 'a')", "INSERT INTO hr.salaries VALUES (1, 'canary')",
)  # fmt: skip


def allowed_queries(dialect: str) -> list[str]:
    """What is sent of the queries that the check allows."""
    sent = []
    for place, table in product(PLACES, TABLES):
        try:
            sent.append(checked(dialect, place.format(table)).text)
        except QueryRefusedError:
            continue
    assert 0 < len(sent) < len(PLACES) * len(TABLES) // 3
    return sent


def test_sh61_no_place_of_a_query_reads_another_table_in_duckdb():
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA hr; CREATE TABLE hr.salaries (id INT, name VARCHAR)")
    connection.execute("CREATE TABLE hosts (id INT, name VARCHAR)")
    for row in ROWS:
        connection.execute(row.format(""))

    for text in allowed_queries("duckdb"):
        with pytest.raises(duckdb.Error):  # there is no column `hr.salaries`
            connection.execute(text).fetchall()


def test_sh61_no_place_of_a_query_reads_another_table_in_postgresql(postgresql_server):
    with postgresql_server.superuser() as connection:
        for text in allowed_queries("postgres"):
            with pytest.raises(psycopg.Error):
                connection.execute(text).fetchall()


def test_sh61_no_place_of_a_query_reads_another_table_in_clickhouse(tmp_path):
    tables = [
        f"CREATE TABLE {name} (id Int32, name String) ENGINE = MergeTree ORDER BY id"
        for name in ("net.hosts", "hr.salaries")
    ]
    queries = allowed_queries("clickhouse")
    made = [
        "CREATE DATABASE net",
        "CREATE DATABASE hr",
        *tables,
        *(row.format("net.") for row in ROWS),
    ]

    answers = ask_as(
        tmp_path, {"default": ClickHouseAccount(may_manage=True)}, [*made, "USE net", *queries]
    )

    answered = [
        (text, answer)
        for text, answer in zip(queries, answers[len(made) + 1 :], strict=True)
        if not answer.startswith("Code:")
    ]
    assert answered == []
