"""The check of an SPL query: commands that only work on found events, and only indexes that are allowed."""

from datetime import datetime

from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.splunk.spl.pipeline import SplPolicy, check_search


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """The search as it is sent; the time range stands in `parameters` as Splunk's earliest_time and latest_time.

    Raises:
        QueryRefusedError: a command, function, index or form is not allowed.
    """
    allowed = policy.allowed.get("indexes")
    checked = check_search(
        query.text,
        query.parameters,
        SplPolicy(
            allowed=allowed,
            max_rows=limits.max_rows + 1,
            may_set_time=policy.max_time_range is None,
        ),
    )
    times = {"earliest_time": query.since, "latest_time": query.until}
    names = checked.indexes or tuple(allowed or ())
    return CheckedQuery(
        language=query.language,
        text=checked.text,
        parameters={name: epoch(moment) for name, moment in times.items() if moment is not None},
        names=tuple(f"indexes: {name}" for name in names),
    )


def epoch(moment: datetime) -> str:
    return f"{moment.timestamp():.3f}"
