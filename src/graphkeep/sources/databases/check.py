"""The policy check of a query: what holds for every kind of connector, then the check of its own kind.

The server calls it before any driver is opened, and a data bridge again before it asks its source.
"""

from datetime import timedelta

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.connector_kind import ConnectorKind, Settings
from graphkeep.sources.databases.query import (
    MARKINGS,
    CheckedQuery,
    QueryLimits,
    QueryPolicy,
    SourceQuery,
)
from graphkeep.sources.databases.stages import QueryRefusedError

MAX_PARAMETERS = 1000


def check_query(
    kind: ConnectorKind,
    query: SourceQuery,
    policy: QueryPolicy,
    limits: QueryLimits,
    settings: Settings,
) -> CheckedQuery:
    """The query as it may be sent. Pure: nothing is opened.

    Raises:
        QueryRefusedError: its language, size, time range, marking or text is not allowed.
    """
    check_language(kind, query)
    if len(query.text) > kind.max_text:
        raise QueryRefusedError(f"The query is longer than {kind.max_text:,} characters.")
    if len(query.parameters) > MAX_PARAMETERS:
        raise QueryRefusedError(f"The query has more than {MAX_PARAMETERS} parameters.")
    if query.reduction is not None and not kind.can_reduce:
        raise QueryRefusedError(
            f"{kind.title} does not work out columns, filters and groups of a query's rows.",
            advice="Ask for less in the query itself.",
        )
    check_marking(query, policy)
    check_time_range(query, policy)
    return kind.check(query, policy, limits, settings)


def check_language(kind: ConnectorKind, query: SourceQuery) -> None:
    if query.language not in kind.languages:
        names = ", ".join(kind.languages)
        nearest = nearest_name(query.language, list(kind.languages))
        advice = f"Did you mean '{nearest}'?" if nearest else ""
        raise QueryRefusedError(
            f"{kind.title} is not asked in '{query.language[:40]}'; its languages: {names}.",
            advice=advice,
        )


def check_marking(query: SourceQuery, policy: QueryPolicy) -> None:
    if MARKINGS.index(query.marking) > MARKINGS.index(policy.max_marking):
        raise QueryRefusedError(
            f"Values marked TLP:{query.marking.upper()} are not sent to this connector; "
            f"the highest marking it accepts is TLP:{policy.max_marking.upper()}."
        )


def check_time_range(query: SourceQuery, policy: QueryPolicy) -> None:
    if query.since is not None and query.until is not None and query.until < query.since:
        raise QueryRefusedError("The time range ends before it begins.")
    if policy.max_time_range is None:
        return
    longest = duration_text(policy.max_time_range)
    if query.since is None or query.until is None:
        raise QueryRefusedError(
            f"This connector needs a time range of at most {longest}: send since and until."
        )
    if query.until - query.since > policy.max_time_range:
        raise QueryRefusedError(
            f"The time range is {duration_text(query.until - query.since)} long; "
            f"the longest allowed here is {longest}."
        )


def duration_text(duration: timedelta) -> str:
    """`7 days`, `12 hours` or `90 seconds`, in the largest unit that divides it."""
    seconds = int(duration.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
