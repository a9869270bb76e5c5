"""The check of a Cypher query: it only reads, and names only labels, types, functions and procedures that are allowed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.neo4j.cypher.policy import LabelPolicy
from graphkeep.sources.databases.neo4j.cypher.query_parser import QueryParser
from graphkeep.sources.databases.query import (
    CheckedQuery,
    QueryLimits,
    QueryPolicy,
    SourceQuery,
    is_allowed,
)
from graphkeep.sources.databases.stages import QueryRefusedError

MAX_PARAMETER_DEPTH = 10


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """The query as it is sent: printed from its tokens, with the row cap as its LIMIT.

    The time range is bound as `$since` and `$until`; a connector with a longest time range needs both in the text.

    Raises:
        QueryRefusedError: the query does more than read, or names what the policy does not allow.
    """
    database = settings.get("database") or ""
    databases = policy.allowed.get("databases")
    if databases is not None and not is_allowed(database, databases):
        raise QueryRefusedError(
            f"The database `{database or 'of the account'}` is not allowed here; "
            f"allowed: {', '.join(databases) or 'none'}."
        )
    labels = LabelPolicy(policy.allowed.get("labels"))
    parser = QueryParser(query.text, labels, limits.max_rows + 1)
    try:
        text = parser.query()
    except RecursionError:
        raise QueryRefusedError("The query is nested too deeply.") from None
    parameters = parser.parameters(given_parameters(query))
    if policy.max_time_range is not None and not {"since", "until"} <= parameters.keys():
        raise QueryRefusedError(
            "This connector limits the time range: the query must use `$since` and `$until`.",
            advice="For example: WHERE n.seen >= $since AND n.seen < $until.",
        )
    names = tuple(f"labels: {name}" for name in dict.fromkeys(parser.names))
    return CheckedQuery(language="cypher", text=text, parameters=parameters, names=names)


def given_parameters(query: SourceQuery) -> Mapping[str, Any]:
    """Raises QueryRefusedError: a value is of a kind that Bolt does not have."""
    given = {"since": query.since, "until": query.until}
    given = {name: value for name, value in given.items() if value is not None}
    for name, value in query.parameters.items():
        if name.startswith("_gk"):
            raise QueryRefusedError(f"The parameter `{name}` has a name of the server's own.")
        check_value(name, value, MAX_PARAMETER_DEPTH)
    return {**given, **query.parameters}


def check_value(name: str, value: Any, depth: int) -> None:
    if depth and isinstance(value, (list, tuple)):
        for each in value:
            check_value(name, each, depth - 1)
    elif depth and isinstance(value, dict) and all(isinstance(key, str) for key in value):
        for each in value.values():
            check_value(name, each, depth - 1)
    elif value is not None and not isinstance(value, (str, int, float, datetime)):
        raise QueryRefusedError(f"The value of the parameter `${name}` is of no kind that is sent.")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise QueryRefusedError(f"The value of the parameter `${name}` is beyond 64 bits.")
