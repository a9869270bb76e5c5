"""A whole search body: query, aggregations, order, fields, and the indexes that it asks."""

import re
from collections.abc import Sequence
from typing import Any

from graphkeep.sources.databases.opensearch.dsl.aggregations import aggregations
from graphkeep.sources.databases.opensearch.dsl.clauses import query
from graphkeep.sources.databases.opensearch.dsl.values import (
    Body,
    Check,
    boolean,
    field,
    field_or_fields,
    fields,
    integer_up_to,
    object_of,
    one_of,
)
from graphkeep.sources.databases.query import is_allowed
from graphkeep.sources.databases.stages import QueryRefusedError

INDEX = re.compile(r"[a-z0-9.][a-z0-9._-]{0,200}\*?")
MAX_INDEXES = 100
MAX_SIZE = 1_000_000_000


def source_fields(body: Body, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, dict):
        keys: dict[str, Check] = {"includes": field_or_fields, "excludes": field_or_fields}
        return body.read_object(value, keys)
    return field_or_fields(body, value)


def sort(body: Body, value: Any) -> list[Any]:
    entries = value if isinstance(value, list) else [value]
    if len(entries) > 10:
        raise body.refuse("at most ten fields are allowed.")
    return [sort_entry(body, entry) for entry in entries]


def sort_entry(body: Body, value: Any) -> Any:
    if isinstance(value, str):
        return field(body, value)
    if not isinstance(value, dict) or len(value) != 1:
        raise body.refuse("a field, or an object with exactly one field, is expected.")
    ((name, how),) = value.items()
    if isinstance(how, str):
        return {field(body, name): one_of("asc", "desc")(body, how)}
    keys: dict[str, Check] = {
        "order": one_of("asc", "desc"), "missing": one_of("_first", "_last"),
        "unmapped_type": field, "mode": one_of("min", "max", "sum", "avg", "median"), "format": field,
    }  # fmt: skip
    return {field(body, name): body.read(name, object_of(keys), how)}


KEYS: dict[str, Check] = {
    "query": query,
    "aggs": aggregations,
    "aggregations": aggregations,
    "sort": sort,
    "_source": source_fields,
    "fields": fields,
    "size": integer_up_to(MAX_SIZE),
    "track_total_hits": boolean,
}


def checked_body(body: Body, value: dict[str, Any]) -> dict[str, Any]:
    """Raises QueryRefusedError: a key anywhere in the body is not one of those that are known."""
    checked = body.read_object(value, KEYS)
    if "aggregations" in checked:
        checked.setdefault("aggs", {}).update(checked.pop("aggregations"))
    return checked


def checked_indexes(names: Sequence[Any], allowed: Sequence[str] | None) -> list[str]:
    """Each a plain name of one index, which may end in `*` where the policy has such an entry.

    Raises:
        QueryRefusedError: a name is a list, an exclusion, a date expression, of another cluster, or not allowed.
    """
    if not names or len(names) > MAX_INDEXES:
        raise QueryRefusedError(f"A query asks one to {MAX_INDEXES} indexes.")
    listed = ", ".join(allowed) or "none" if allowed is not None else "all but system indexes"
    for name in names:
        if not isinstance(name, str) or not INDEX.fullmatch(name) or name in {".", ".."}:
            raise QueryRefusedError(
                f"`{name!s:.100}` is no plain name of an index; allowed: {listed}.",
                advice="Lists stand as JSON lists; exclusions, date expressions and other clusters are not allowed.",
            )
        if allowed is None and name.startswith("."):
            raise QueryRefusedError(
                f"The index `{name}` is a system index; it must be allowed by name."
            )
        if allowed is not None and not is_allowed(name, allowed):
            raise QueryRefusedError(f"The index `{name}` is not allowed here; allowed: {listed}.")
    return [str(name) for name in names]
