"""The aggregations that are allowed, and their results as rows."""

import re
from collections.abc import Iterator
from typing import Any

from graphkeep.sources.databases.opensearch.dsl.clauses import query
from graphkeep.sources.databases.opensearch.dsl.values import (
    Body,
    Check,
    boolean,
    by_field,
    field,
    integer_up_to,
    list_of,
    number,
    object_of,
    one_of,
    scalar,
    scalars,
    text,
)

NAME = re.compile(r"[A-Za-z0-9_. -]{1,100}")
MAX_BUCKETS = 10_000
INNER = ("aggs", "aggregations")


def aggregations(body: Body, value: Any) -> dict[str, Any]:
    """`{name: {type: …, aggs: …}}`. Raises QueryRefusedError."""
    if not isinstance(value, dict) or not 0 < len(value) <= 50:
        raise body.refuse("an object with one to 50 aggregations is expected.")
    return {
        aggregation_name(body, name): body.read(name, aggregation, inner)
        for name, inner in value.items()
    }


def aggregation_name(body: Body, name: str) -> str:
    if not NAME.fullmatch(name):
        raise body.refuse(
            "the name of an aggregation has letters, digits, `_`, `-`, `.` and blanks."
        )
    return name


def aggregation(body: Body, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len([key for key in value if key not in INNER]) != 1:
        raise body.refuse("an object with exactly one kind of aggregation is expected.")
    return body.read_object(value, KINDS | dict.fromkeys(INNER, aggregations))


def order(body: Body, value: Any) -> Any:
    if isinstance(value, list):
        return [order(body, each) for each in value]
    return by_field(one_of("asc", "desc"))(body, value)


def named_queries(body: Body, value: Any) -> Any:
    if isinstance(value, list):
        return list_of(query, 100)(body, value)
    if not isinstance(value, dict) or len(value) > 100:
        raise body.refuse("an object of at most 100 queries is expected.")
    return {
        aggregation_name(body, name): body.read(name, query, each) for name, each in value.items()
    }


def sources(body: Body, value: Any) -> list[Any]:
    if not isinstance(value, list) or not 0 < len(value) <= 10:
        raise body.refuse("a list of one to ten sources is expected.")
    checked = []
    for each in value:
        if not isinstance(each, dict) or len(each) != 1:
            raise body.refuse("an object with exactly one source is expected.")
        ((name, inner),) = each.items()
        checked.append({aggregation_name(body, name): body.read(name, object_of(SOURCES), inner)})
    return checked


FIELD = {"field": field, "missing": scalar}
SIZE = {"size": integer_up_to(MAX_BUCKETS)}
INTERVAL = {
    "fixed_interval": text, "calendar_interval": text, "interval": scalar, "time_zone": text,
    "format": text, "offset": scalar, "min_doc_count": integer_up_to(1 << 31),
}  # fmt: skip
RANGES = {"ranges": list_of(object_of({"from": scalar, "to": scalar, "key": text}), 100)}
ORDER = {"order": order, "missing_bucket": boolean}
SOURCES: dict[str, Check] = {
    "terms": object_of(FIELD | {"order": one_of("asc", "desc"), "missing_bucket": boolean}),
    "histogram": object_of(FIELD | {"interval": number, "order": one_of("asc", "desc")}),
    "date_histogram": object_of(FIELD | INTERVAL | {"order": one_of("asc", "desc")}),
}
METRICS: dict[str, Check] = {
    name: object_of(FIELD)
    for name in ("avg", "sum", "min", "max", "value_count", "stats", "extended_stats", "missing")
}
KINDS: dict[str, Check] = METRICS | {
    "cardinality": object_of(FIELD | {"precision_threshold": integer_up_to(40_000)}),
    "percentiles": object_of(FIELD | {"percents": scalars}),
    "terms": object_of(
        FIELD
        | SIZE
        | {
            "order": order, "min_doc_count": integer_up_to(1 << 31), "include": scalars,
            "exclude": scalars, "shard_size": integer_up_to(5 * MAX_BUCKETS),
        }
    ),
    "significant_terms": object_of({"field": field} | SIZE | {"min_doc_count": integer_up_to(1 << 31)}),
    "date_histogram": object_of(FIELD | INTERVAL | {"order": order}),
    "histogram": object_of(
        FIELD | {"interval": number, "min_doc_count": integer_up_to(1 << 31), "offset": number, "order": order}
    ),
    "range": object_of(FIELD | RANGES),
    "date_range": object_of(FIELD | RANGES | {"format": text, "time_zone": text}),
    "filter": query,
    "filters": object_of({"filters": named_queries}),
    "nested": object_of({"path": field}),
    "reverse_nested": object_of({"path": field}),
    "composite": object_of(SIZE | {"sources": sources}),
    "geohash_grid": object_of({"field": field, "precision": integer_up_to(12)} | SIZE),
}  # fmt: skip


def rows_of(
    results: dict[str, Any], parents: dict[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """A row for each innermost bucket: the keys of the buckets around it, its count, and its metrics."""
    metrics: dict[str, Any] = {}
    groups: list[tuple[str, list[dict[str, Any]]]] = []
    for name, result in results.items():
        if not isinstance(result, dict):
            continue
        if "buckets" in result:
            buckets = result["buckets"]
            if isinstance(buckets, dict):
                buckets = [{"key": key, **bucket} for key, bucket in buckets.items()]
            groups.append((name, buckets))
        elif "doc_count" in result:
            groups.append((name, [{"key": name, **result}]))
        elif "value" in result:
            metrics[name] = result.get("value_as_string", result["value"])
        else:
            values = result.get("values", result)
            metrics |= {f"{name}.{key}": value for key, value in values.items()}
    row = {**(parents or {}), **metrics}
    if not groups:
        if row:
            yield row
        return
    for name, buckets in groups:
        for bucket in buckets:
            yield from bucket_rows(name, bucket, row)


def bucket_rows(
    name: str, bucket: dict[str, Any], parents: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    key = bucket.get("key_as_string", bucket.get("key"))
    keys = (
        {f"{name}.{part}": value for part, value in key.items()}
        if isinstance(key, dict)
        else {name: key}
    )
    inner = {
        part: value for part, value in bucket.items() if isinstance(value, dict) and part != "key"
    }
    yield from rows_of(inner, {**parents, **keys, "count": bucket.get("doc_count")})
