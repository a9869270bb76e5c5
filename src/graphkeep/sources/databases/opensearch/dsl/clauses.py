"""The clauses of a query that are allowed. Those that run scripts or read another index are not among them."""

import re
from typing import Any

from graphkeep.sources.databases.opensearch.dsl.values import (
    Body,
    Check,
    boolean,
    by_field,
    count_text,
    field,
    fields,
    integer_up_to,
    list_of,
    number,
    object_of,
    one_of,
    scalar,
    scalar_or,
    scalars,
    text,
)

MAX_PATTERN = 256
MAX_WILDCARDS = 8


def query(body: Body, value: Any) -> dict[str, Any]:
    """`{clause: …}` with exactly one clause. Raises QueryRefusedError."""
    if not isinstance(value, dict) or len(value) != 1:
        raise body.refuse("an object with exactly one clause, such as `match`, is expected.")
    return body.read_object(value, CLAUSES)


def queries(body: Body, value: Any) -> Any:
    return query(body, value) if isinstance(value, dict) else list_of(query)(body, value)


def terms(body: Body, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise body.refuse("an object is expected.")
    rest = {key: inner for key, inner in value.items() if key not in {"boost", "_name"}}
    if len(rest) != 1:
        raise body.refuse("an object with exactly one field is expected.")
    ((name, inner),) = rest.items()
    checked: dict[str, Any] = {field(body, name): body.read(name, scalars, inner)}
    if "boost" in value:
        checked["boost"] = number(body, value["boost"])
    return checked


def pattern(body: Body, value: Any) -> str:
    """A pattern with few wildcards, none at its beginning: others read the whole index. A parameter is taken literally."""
    resolved = body.resolve(value)
    if resolved is not value:
        return re.sub(r"([*?\\])", r"\\\1", str(scalar(body, resolved)))
    checked = text(body, value)
    if len(checked) > MAX_PATTERN or len(re.findall(r"[*?]", checked)) > MAX_WILDCARDS:
        raise body.refuse(f"a pattern has at most {MAX_WILDCARDS} wildcards.")
    if checked.startswith(("*", "?")):
        raise body.refuse("a pattern that begins with a wildcard reads the whole index.")
    return checked


def pattern_value(body: Body, value: Any) -> Any:
    if isinstance(value, dict) and "$param" not in value:
        keys = {"value": pattern, "wildcard": pattern, "boost": number, "case_insensitive": boolean}
        return body.read_object(value, keys)
    return pattern(body, value)


def lucene_text(body: Body, value: Any) -> str:
    """A text in Lucene's own syntax, without what is slow: regular expressions and wildcards at the beginning."""
    checked = text(body, value)
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', checked)
    if re.search(r"(?<!\\)/", bare):
        raise body.refuse("regular expressions are not allowed: quote or escape the `/`.")
    if (
        re.search(r"(?:^|[\s:(+\-!])[*?](?=\S)(?!\s*:)", bare.replace("*:*", ""))
        or len(re.findall(r"[*?]", bare)) > MAX_WILDCARDS
    ):
        raise body.refuse("wildcards at the beginning of a word, or many of them, are not allowed.")
    return checked


OPERATOR = one_of("and", "or", "AND", "OR")
FUZZINESS = one_of("AUTO", "0", "1", "2", 0, 1, 2)  # type: ignore[arg-type]
MATCH = {
    "query": scalar, "operator": OPERATOR, "minimum_should_match": count_text, "boost": number,
    "fuzziness": FUZZINESS, "prefix_length": integer_up_to(100), "lenient": boolean,
    "max_expansions": integer_up_to(100), "zero_terms_query": one_of("none", "all"),
    "slop": integer_up_to(100),
}  # fmt: skip
RANGE = {
    "gt": scalar, "gte": scalar, "lt": scalar, "lte": scalar, "format": text, "time_zone": text,
    "boost": number, "relation": one_of("INTERSECTS", "CONTAINS", "WITHIN"),
}  # fmt: skip
TEXT_QUERY = {
    "query": lucene_text, "fields": fields, "default_field": field, "default_operator": OPERATOR,
    "minimum_should_match": count_text, "lenient": boolean, "boost": number, "flags": text,
    "analyze_wildcard": boolean, "time_zone": text, "phrase_slop": integer_up_to(100),
}  # fmt: skip
TERM = {"value": scalar, "boost": number, "case_insensitive": boolean}


def query_string(body: Body, value: Any) -> dict[str, Any]:
    checked = body.read_object(value, TEXT_QUERY | {"allow_leading_wildcard": boolean})
    return checked | {"allow_leading_wildcard": False}


CLAUSES: dict[str, Check] = {
    "match_all": object_of({"boost": number}),
    "match_none": object_of({}),
    "bool": object_of(
        {
            "must": queries, "filter": queries, "should": queries, "must_not": queries,
            "minimum_should_match": count_text, "boost": number,
        }
    ),
    "constant_score": object_of({"filter": query, "boost": number}),
    "dis_max": object_of({"queries": list_of(query), "tie_breaker": number, "boost": number}),
    "term": by_field(scalar_or(TERM)),
    "terms": terms,
    "match": by_field(scalar_or(MATCH)),
    "match_phrase": by_field(scalar_or(MATCH)),
    "match_phrase_prefix": by_field(scalar_or(MATCH)),
    "match_bool_prefix": by_field(scalar_or(MATCH)),
    "multi_match": object_of(
        MATCH
        | {
            "fields": fields, "tie_breaker": number,
            "type": one_of(
                "best_fields", "most_fields", "cross_fields", "phrase", "phrase_prefix", "bool_prefix"
            ),
        }
    ),
    "range": by_field(object_of(RANGE)),
    "exists": object_of({"field": field, "boost": number}),
    "prefix": by_field(scalar_or(TERM)),
    "wildcard": by_field(pattern_value),
    "fuzzy": by_field(scalar_or(TERM | {"fuzziness": FUZZINESS, "prefix_length": integer_up_to(100), "max_expansions": integer_up_to(100)})),
    "ids": object_of({"values": scalars, "boost": number}),
    "query_string": query_string,
    "simple_query_string": object_of(TEXT_QUERY),
    "nested": object_of(
        {
            "path": field, "query": query, "ignore_unmapped": boolean, "boost": number,
            "score_mode": one_of("avg", "sum", "min", "max", "none"),
        }
    ),
}  # fmt: skip
