"""ClickHouse, asked in SQL through clickhouse-connect over pools of the egress gateway."""

from graphkeep.sources.databases.clickhouse.settings import FIELDS, check_settings
from graphkeep.sources.databases.connector_kind import (
    ConnectionContext,
    ConnectorKind,
    Settings,
    SourceSession,
)
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, QueryPolicy, SourceQuery


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """Raises QueryRefusedError, as `check_sql`."""
    from graphkeep.sources.databases.sql.check import check_sql
    from graphkeep.sources.databases.sql.dialects import CLICKHOUSE

    return check_sql(query, policy, limits, dialect=CLICKHOUSE, container=settings["database"])


def open_session(context: ConnectionContext) -> SourceSession:
    from graphkeep.sources.databases.clickhouse.session import ClickHouseSession

    return ClickHouseSession(context)


KIND = ConnectorKind(
    name="clickhouse",
    title="ClickHouse",
    description="Tables and views of a ClickHouse server, asked in SQL over HTTP.",
    fields=FIELDS,
    can_reduce=True,
    languages=("sql",),
    restrictions=("databases", "tables"),
    check=check,
    endpoints=lambda settings: ((settings["host"], settings["port"]),),
    open=open_session,
    check_settings=check_settings,
    example_query="SELECT source, destination, count() AS flows FROM connections GROUP BY source, destination",
)
