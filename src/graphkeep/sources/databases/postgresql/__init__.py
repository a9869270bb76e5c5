"""PostgreSQL, and servers that speak its protocol, asked in SQL through psycopg."""

from graphkeep.sources.databases.connector_kind import (
    ConnectionContext,
    ConnectorKind,
    Settings,
    SourceSession,
)
from graphkeep.sources.databases.postgresql.settings import FIELDS, check_settings
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, QueryPolicy, SourceQuery


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """Raises QueryRefusedError, as `check_sql`."""
    from graphkeep.sources.databases.sql.check import check_sql
    from graphkeep.sources.databases.sql.dialects import POSTGRESQL

    return check_sql(
        query, policy, limits, dialect=POSTGRESQL, container=settings["schema"],
        catalog=settings["database"],
    )  # fmt: skip


def open_session(context: ConnectionContext) -> SourceSession:
    from graphkeep.sources.databases.postgresql.session import PostgreSqlSession

    return PostgreSqlSession(context)


KIND = ConnectorKind(
    name="postgresql",
    title="PostgreSQL",
    description="Tables and views of a PostgreSQL database, asked in SQL.",
    fields=FIELDS,
    can_reduce=True,
    languages=("sql",),
    restrictions=("schemas", "tables"),
    check=check,
    endpoints=lambda settings: ((settings["host"], settings["port"]),),
    open=open_session,
    check_settings=check_settings,
    example_query="SELECT source, destination, count(*) AS flows FROM connections GROUP BY source, destination",
)
