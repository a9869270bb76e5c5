"""Which sample table a query asks for."""

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.query import (
    CheckedQuery,
    QueryLimits,
    QueryPolicy,
    SourceQuery,
    is_allowed,
)
from graphkeep.sources.databases.stages import QueryRefusedError

TABLES = ("intrusion.edges", "intrusion.nodes", "miserables.edges", "miserables.nodes")


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """The name of a table such as `intrusion.edges`; of a sample alone, its edges.

    Raises:
        QueryRefusedError: there is no such table, the policy does not allow it, or there are parameters.
    """
    if query.language != "table":
        raise QueryRefusedError(
            "Sample data is asked for by the name of a table: language 'table'."
        )
    if query.parameters:
        raise QueryRefusedError("Sample data has no parameters.")
    name = query.text.strip().lower()
    name = name if "." in name else f"{name}.edges"
    if name not in TABLES:
        nearest = nearest_name(name, TABLES)
        advice = f"Did you mean '{nearest}'?" if nearest else f"There are: {', '.join(TABLES)}."
        raise QueryRefusedError(
            f"There is no sample table '{query.text.strip()[:100]}'.", advice=advice
        )
    allowed = policy.allowed.get("tables")
    if allowed is not None and not is_allowed(name, allowed):
        raise QueryRefusedError(
            f"Table `{name}` is not allowed here; allowed: {', '.join(allowed) or 'none'}."
        )
    return CheckedQuery(language="table", text=name, names=(f"tables: {name}",))
