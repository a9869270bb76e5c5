"""The check of a search: known keys only, and only indexes that are allowed."""

import json
from typing import Any

from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.opensearch.dsl.search_body import checked_body, checked_indexes
from graphkeep.sources.databases.opensearch.dsl.values import Body, parse_body
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.stages import QueryRefusedError

DEFAULT_TIME_FIELD = "@timestamp"


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """The body as it is sent, with the time range as a filter of its own; the indexes are in `parameters`.

    `index` in the body, a name or a list of names, says which are asked; without it the connector's setting, else all that
    are allowed.

    Raises:
        QueryRefusedError: a key, a value or an index is not allowed.
    """
    value = parse_body(query.text)
    allowed = policy.allowed.get("indexes")
    indexes = checked_indexes(asked_indexes(value.pop("index", None), allowed, settings), allowed)
    body = checked_body(Body(query.parameters), value)
    body = with_time_range(body, query, settings.get("time_field") or DEFAULT_TIME_FIELD)
    body["size"] = (
        0 if "aggs" in body else min(body.get("size", limits.max_rows + 1), limits.max_rows + 1)
    )
    return CheckedQuery(
        language=query.language,
        text=json.dumps(body, separators=(",", ":")),
        parameters={"indexes": indexes},
        names=tuple(f"indexes: {name}" for name in indexes),
    )


def asked_indexes(asked: Any, allowed: tuple[str, ...] | None, settings: Settings) -> list[Any]:
    if asked is None:
        asked = settings.get("index") or list(allowed or ())
        if not asked:
            raise QueryRefusedError('The query names no index: add "index": "name".')
    return asked if isinstance(asked, list) else [asked]


def with_time_range(body: dict[str, Any], query: SourceQuery, field: str) -> dict[str, Any]:
    bounds = {"gte": query.since, "lt": query.until}
    texts = {name: moment.isoformat() for name, moment in bounds.items() if moment is not None}
    if not texts:
        return body
    inner: dict[str, Any] = {"filter": [{"range": {field: texts}}]}
    if "query" in body:
        inner["must"] = [body["query"]]
    return {**body, "query": {"bool": inner}}
