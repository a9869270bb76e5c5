"""What a search body may say, and the body that is sent."""

import datetime as dt
import json

import pytest

from graphkeep.sources.databases.opensearch import KIND
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.stages import QueryRefusedError
from tests.sources.databases.opensearch.dsl_queries import (
    HONEST,
    HONEST_AGGREGATIONS,
    HOSTILE_BODIES,
    HOSTILE_INDEXES,
    HOSTILE_TEXTS,
    INDEXES,
    PARAMETERS,
    text_of,
)


def check(text, *, indexes=INDEXES, settings=None, max_rows=10, parameters=PARAMETERS, **query):
    return KIND.check(
        SourceQuery(language="dsl", text=text, parameters=parameters, **query),
        QueryPolicy(allowed={} if indexes is None else {"indexes": indexes}),
        QueryLimits(max_rows=max_rows),
        settings or {},
    )


@pytest.mark.parametrize("body", HOSTILE_BODIES, ids=str)
def test_a_body_with_a_key_that_is_not_known_is_refused(body):
    with pytest.raises(QueryRefusedError):
        check(text_of(body))


@pytest.mark.parametrize("index", HOSTILE_INDEXES, ids=str)
def test_an_index_beyond_the_allowed_ones_is_refused(index):
    with pytest.raises(QueryRefusedError):
        check(text_of({}, index))


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: text[:40])
def test_what_is_no_plain_json_object_is_refused(text):
    with pytest.raises(QueryRefusedError):
        check(text)


@pytest.mark.parametrize("body", [*HONEST, *HONEST_AGGREGATIONS], ids=str)
def test_an_honest_body_is_allowed(body):
    checked = check(text_of(body))

    assert checked.parameters == {"indexes": ["net"]}
    assert checked.names == ("indexes: net",)
    assert "index" not in json.loads(checked.text)


def test_the_refusal_names_the_index_and_those_that_are_allowed():
    with pytest.raises(QueryRefusedError) as refused:
        check(text_of({}, "hr"))

    assert refused.value.message == "The index `hr` is not allowed here; allowed: net, auth-*."


def test_the_refusal_names_the_key_and_its_place():
    with pytest.raises(QueryRefusedError) as refused:
        check(text_of({"query": {"bool": {"must": [{"macth": {"a": "b"}}]}}}))

    assert refused.value.message.startswith("`query.bool.must.0`: `macth` is not allowed here")
    assert refused.value.advice == "Did you mean `match`?"


def test_a_pattern_is_allowed_only_within_a_pattern_of_the_policy():
    assert check(text_of({}, "auth-2026*")).parameters == {"indexes": ["auth-2026*"]}
    assert check(text_of({}, ["net", "auth-1"])).parameters == {"indexes": ["net", "auth-1"]}
    assert check(text_of({}, "logs-*"), indexes=None).parameters == {"indexes": ["logs-*"]}
    for name in ("*", ".security"):
        with pytest.raises(QueryRefusedError):
            check(text_of({}, name), indexes=None)


def test_a_query_without_an_index_asks_that_of_the_settings_or_all_allowed_ones():
    assert check("{}").parameters == {"indexes": ["net", "auth-*"]}
    assert check("{}", settings={"index": "auth-1"}).parameters == {"indexes": ["auth-1"]}
    with pytest.raises(QueryRefusedError, match='add "index"'):
        check("{}", indexes=None)
    with pytest.raises(QueryRefusedError):
        check("{}", settings={"index": "hr"})


def test_the_time_range_is_a_filter_and_the_row_cap_the_size():
    day = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    checked = check(text_of({"query": {"match_all": {}}, "size": 500}), since=day)

    assert json.loads(checked.text) == {
        "query": {
            "bool": {
                "filter": [{"range": {"@timestamp": {"gte": "2026-01-02T00:00:00+00:00"}}}],
                "must": [{"match_all": {}}],
            }
        },
        "size": 11,
    }


def test_a_parameter_in_a_pattern_is_taken_literally():
    checked = check(
        text_of({"query": {"wildcard": {"host": {"$param": "p"}}}}), parameters={"p": "*a?"}
    )

    assert json.loads(checked.text)["query"] == {"wildcard": {"host": "\\*a\\?"}}
