"""Databricks SQL, asked over the REST API of statement execution."""

from graphkeep.sources.databases.connector_kind import (
    ConnectionContext,
    ConnectorKind,
    Settings,
    SourceSession,
)
from graphkeep.sources.databases.databricks.settings import FIELDS, check_settings, endpoints
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, QueryPolicy, SourceQuery


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """Raises QueryRefusedError, as `check_sql`."""
    from graphkeep.sources.databases.sql.check import check_sql
    from graphkeep.sources.databases.sql.dialects import DATABRICKS

    return check_sql(
        query, policy, limits, dialect=DATABRICKS, container=settings["schema"].lower(),
        catalog=settings["catalog"].lower(),
    )  # fmt: skip


def open_session(context: ConnectionContext) -> SourceSession:
    from graphkeep.sources.databases.databricks.session import DatabricksSession

    return DatabricksSession(context)


KIND = ConnectorKind(
    name="databricks",
    title="Databricks SQL",
    description="Tables and views of a Databricks workspace, asked in SQL on a warehouse.",
    fields=FIELDS,
    can_reduce=True,
    languages=("sql",),
    restrictions=("databases", "schemas", "tables"),
    check=check,
    endpoints=endpoints,
    open=open_session,
    check_settings=check_settings,
    example_query="SELECT source, destination, count(*) AS flows FROM connections GROUP BY source, destination",
)
