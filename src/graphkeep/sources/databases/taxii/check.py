"""What may be asked of a TAXII server: objects of an allowed collection, by type, id and time."""

import json
import re
from typing import Any

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.http.request import fill, places_in
from graphkeep.sources.databases.query import (
    CheckedQuery,
    QueryLimits,
    QueryPolicy,
    SourceQuery,
    is_allowed,
)
from graphkeep.sources.databases.stages import QueryRefusedError

KEYS = ("collection", "table", "type", "id", "version", "added_after")
TABLES = ("edges", "nodes", "objects")
FORMS = {
    "type": re.compile(r"[a-z][a-z0-9-]{2,249}"),
    "id": re.compile(r"[a-z][a-z0-9-]{2,249}--[0-9a-fA-F-]{36}"),
    "version": re.compile(r"all|first|last|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z"),
    "added_after": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z"),
}


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """`{"collection": title or id, "table": "edges" | "nodes" | "objects", "type": […], "id": […], "version",
    "added_after"}`; `since` of the query is `added_after` if there is none.

    Raises:
        QueryRefusedError: a key is unknown, a value has a wrong form, or the collection is not allowed.
    """
    content = read_query(query)
    collection = content.get("collection")
    if not isinstance(collection, str) or not collection.strip():
        raise QueryRefusedError('Name the collection: {"collection": "…"}.')
    allowed = policy.allowed.get("collections")
    if allowed is not None and not is_allowed(collection, allowed):
        raise QueryRefusedError(
            f"Collection `{collection[:100]}` is not allowed here; allowed: {', '.join(allowed) or 'none'}."
        )
    table = content.get("table", TABLES[0])
    if table not in TABLES:
        raise QueryRefusedError(
            f"There is no table '{str(table)[:40]}'; there are: {', '.join(TABLES)}."
        )
    if "added_after" not in content and query.since is not None:
        content["added_after"] = query.since.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    plan: dict[str, Any] = {"collection": collection, "table": table, "match": []}
    for key in ("type", "id", "version", "added_after"):
        if key in content:
            plan["match"].append(
                [key if key == "added_after" else f"match[{key}]", joined(key, content[key])]
            )
    return CheckedQuery(
        language=query.language, text=json.dumps(plan), names=(f"collections: {collection}",)
    )


def read_query(query: SourceQuery) -> dict[str, Any]:
    try:
        content = json.loads(query.text)
    except (ValueError, RecursionError) as error:
        raise QueryRefusedError(
            f"A query is written as JSON: {error}.", position=getattr(error, "pos", None)
        ) from error
    if not isinstance(content, dict):
        raise QueryRefusedError('A query is an object: {"collection": "…"}.')
    for key in content:
        if key not in KEYS:
            nearest = nearest_name(key, KEYS)
            raise QueryRefusedError(
                f"A query has no key '{key[:40]}'.",
                advice=f"Did you mean '{nearest}'?" if nearest else f"Its keys: {', '.join(KEYS)}.",
            )
    places = places_in(content)
    for name in {*places, *query.parameters}:
        if name not in query.parameters or name not in places:
            raise QueryRefusedError(
                f"The parameter '{name[:40]}' is not in the query, or has no value."
            )
    filled: dict[str, Any] = fill(content, query.parameters)
    return filled


def joined(key: str, value: Any) -> str:
    """Values as TAXII has them, with commas. Raises QueryRefusedError."""
    values = value if isinstance(value, list) else [value]
    for each in values:
        if not isinstance(each, str) or not FORMS[key].fullmatch(each):
            raise QueryRefusedError(f"'{str(each)[:60]}' is no {key} of STIX or TAXII.")
    if not values or len(values) > 100 or (key == "added_after" and len(values) > 1):
        raise QueryRefusedError(f"'{key}' has no value, or too many.")
    return ",".join(values)
