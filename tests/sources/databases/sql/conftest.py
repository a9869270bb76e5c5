"""The sample tables in four databases, and the text of a query run in each."""

import sqlite3

import duckdb
import psycopg
import pytest

from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.sql.check import check_sql
from graphkeep.sources.databases.sql.dialects import SQL_DIALECTS
from tests.database_servers.sample_tables import statements

CONTAINERS = {
    "postgres": "public", "mysql": "net", "sqlite": "main", "duckdb": "main", "clickhouse": "net",
    "databricks": "net",
}  # fmt: skip
ALLOWED_NAMES = {"tables": ("hosts", "flows")}


def checked(dialect, text, parameters=None, allowed=None, max_rows=1000, **more):
    """A query as the policy of a connector to `net` lets it pass."""
    return check_sql(
        SourceQuery(language="sql", text=text, parameters=parameters or {}, **more),
        QueryPolicy(allowed=ALLOWED_NAMES if allowed is None else allowed),
        QueryLimits(max_rows=max_rows),
        dialect=SQL_DIALECTS[dialect],
        container=CONTAINERS[dialect],
        catalog={"databricks": "main", "postgres": "net"}.get(dialect, ""),
    )


@pytest.fixture(scope="session")
def postgres_rows(postgresql_server):
    with postgresql_server.superuser() as connection:

        def rows(text, parameters=None):
            if parameters is None:
                return connection.execute(text).fetchall()
            return psycopg.RawCursor(connection).execute(text, parameters).fetchall()

        yield rows


@pytest.fixture(scope="session")
def mysql_rows(mariadb_server):
    with mariadb_server.superuser() as connection:
        connection.select_db("net")

        def rows(text, parameters=None):
            with connection.cursor() as cursor:
                cursor.execute(text, parameters)
                return list(cursor.fetchall())

        yield rows


@pytest.fixture(scope="session")
def sqlite_rows():
    connection = sqlite3.connect(":memory:")
    connection.execute("ATTACH ':memory:' AS hr")
    for statement in statements(net="main", hr="hr"):
        connection.execute(statement)
    yield lambda text, parameters=None: connection.execute(text, parameters or {}).fetchall()
    connection.close()


@pytest.fixture(scope="session")
def duckdb_rows():
    connection = duckdb.connect(":memory:")
    connection.execute("CREATE SCHEMA hr")
    for statement in statements(net="main", hr="hr"):
        connection.execute(statement)
    yield lambda text, parameters=None: connection.execute(text, parameters or None).fetchall()
    connection.close()


@pytest.fixture
def rows_of(request):
    return lambda dialect: request.getfixturevalue(f"{dialect}_rows")
