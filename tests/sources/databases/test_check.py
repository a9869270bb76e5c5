"""What holds for a query to any kind of connector, before its own kind reads the text."""

from datetime import UTC, datetime, timedelta

import pytest

from graphkeep.sources.databases.check import check_query
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.stages import QueryRefusedError
from tests.connectors.example_kind import KIND

START = datetime(2026, 11, 1, tzinfo=UTC)


def checked(policy=None, **query):
    asked = SourceQuery(**{"language": "example", "text": "rows 5", **query})
    return check_query(KIND, asked, policy or QueryPolicy(), QueryLimits(), {"host": "a"})


def refusal(policy=None, **query):
    with pytest.raises(QueryRefusedError) as caught:
        checked(policy, **query)
    return caught.value.message


def test_a_query_in_the_kinds_own_language_is_checked_by_the_kind():
    assert checked(text="rows   5").text == "rows 5"
    assert refusal(text="drop it") == "This kind knows no such query."


def test_another_language_is_refused_by_name():
    assert refusal(language="sql") == "Example is not asked in 'sql'; its languages: example."


def test_a_query_that_is_too_long_or_has_too_many_parameters_is_refused():
    assert refusal(text="x" * 100_001) == "The query is longer than 100,000 characters."
    many = {f"p{index}": 1 for index in range(1001)}
    assert refusal(parameters=many) == "The query has more than 1000 parameters."


@pytest.mark.parametrize(
    ("highest", "marking", "is_sent"),
    [("amber", "clear", True), ("amber", "amber", True), ("amber", "amber+strict", False),
     ("amber", "red", False), ("red", "red", True), ("clear", "green", False)],
)  # fmt: skip
def test_values_above_the_highest_marking_are_not_sent(highest, marking, is_sent):
    policy = QueryPolicy(max_marking=highest)

    if is_sent:
        assert checked(policy, marking=marking).text == "rows 5"
    else:
        assert refusal(policy, marking=marking) == (
            f"Values marked TLP:{marking.upper()} are not sent to this connector; "
            f"the highest marking it accepts is TLP:{highest.upper()}."
        )


def test_a_connector_with_a_longest_time_range_needs_one_within_it():
    policy = QueryPolicy(max_time_range=timedelta(days=7))
    week = {"since": START, "until": START + timedelta(days=7)}

    assert checked(policy, **week).text == "rows 5"
    assert refusal(policy) == (
        "This connector needs a time range of at most 7 days: send since and until."
    )
    assert refusal(policy, since=START, until=START + timedelta(hours=180)) == (
        "The time range is 180 hours long; the longest allowed here is 7 days."
    )
    assert refusal(since=START, until=START - timedelta(seconds=1)) == (
        "The time range ends before it begins."
    )
