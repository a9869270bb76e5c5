"""The policy of SQL for DuckDB."""

from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, QueryPolicy, SourceQuery


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """Raises QueryRefusedError, as `check_sql`."""
    from graphkeep.sources.databases.sql.check import check_sql
    from graphkeep.sources.databases.sql.dialects import DUCKDB

    return check_sql(query, policy, limits, dialect=DUCKDB, container="main")
