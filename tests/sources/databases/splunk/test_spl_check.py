"""What an SPL query may say, and the search that is sent."""

import datetime as dt

import pytest

from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.splunk import KIND
from graphkeep.sources.databases.stages import QueryRefusedError
from tests.sources.databases.splunk.spl_queries import HONEST, HOSTILE, INDEXES, PARAMETERS

RESTRICTION = 'search (index="net" OR index="auth*") '


def check(text, *, indexes=INDEXES, parameters=PARAMETERS, max_time_range=None, **query):
    return KIND.check(
        SourceQuery(language="spl", text=text, parameters=parameters, **query),
        QueryPolicy(
            allowed={} if indexes is None else {"indexes": indexes}, max_time_range=max_time_range
        ),
        QueryLimits(max_rows=10),
        {},
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_query_beyond_the_allowed_indexes_and_commands_is_refused(text):
    if not text.strip():  # all of the allowed indexes, then
        assert check(text).text == RESTRICTION.strip() + " | head 11"
        return
    with pytest.raises(QueryRefusedError):
        check(text)


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_query_is_allowed_within_the_allowed_indexes(text):
    sent = check(text).text

    assert sent.startswith(RESTRICTION)
    assert sent.endswith(" | head 11")
    assert sent.count("|") == text.count("|") + 1


def test_the_refusal_names_the_index_and_those_that_are_allowed():
    with pytest.raises(QueryRefusedError) as refused:
        check("error OR index=hr")

    assert refused.value.message == "The index `hr` is not allowed here; allowed: net, auth*."
    assert refused.value.position == 15


def test_the_refusal_says_why_a_command_is_not_allowed():
    with pytest.raises(QueryRefusedError) as refused:
        check("index=net | outputlookup x")
    assert refused.value.message == "The command `outputlookup` is not allowed: it writes lookups."

    with pytest.raises(QueryRefusedError) as refused:
        check("index=net | stat count")
    assert refused.value.advice == "Did you mean `stats`?"


def test_terms_cannot_leave_the_parentheses_of_the_restriction():
    assert check("index=net OR user=alice").text == (
        RESTRICTION + "(index=net OR user=alice) | head 11"
    )


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("alice", '"alice"'),
        ('x" | delete', '"x\\" | delete"'),
        ("a\\", '"a\\\\"'),
        ('\\" index=hr', '"\\\\\\" index=hr"'),
        ("[search index=hr] `m`", '"[search index=hr] `m`"'),
        (7, "7"),
        (True, "true"),
        (["a", "b c"], '("a", "b c")'),
    ],
)
def test_a_value_stays_a_value(value, sent):
    text = "index=net user IN $v" if isinstance(value, list) else "index=net user=$v"

    assert check(text, parameters={"v": value}).text == (
        f"{RESTRICTION}({text.replace('$v', sent)}) | head 11"
    )


@pytest.mark.parametrize("value", ["a\nb", "a\x00", None, {}, [], [["a"]], object(), "a*"])
def test_a_value_that_spl_cannot_hold_is_refused(value):
    with pytest.raises(QueryRefusedError):
        check("index=net user=$v", parameters={"v": value})


def test_the_time_range_is_sent_beside_the_search():
    day = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    checked = check("index=net", since=day, until=day + dt.timedelta(hours=1))

    assert checked.parameters == {
        "earliest_time": "1767312000.000",
        "latest_time": "1767315600.000",
    }


def test_a_query_cannot_widen_a_limited_time_range():
    for modifier in ("earliest=-2y", "latest=now", "_index_earliest=-2y", "Earliest=-2y"):
        with pytest.raises(QueryRefusedError, match="time range"):
            check(f"index=net {modifier}", max_time_range=dt.timedelta(days=1))


def test_without_a_list_all_but_internal_indexes_can_be_asked_for():
    assert check("index=hr", indexes=None).text == "search (index=hr) | head 11"
    for text in ("index=*", "index=_internal", "index=_*", ""):
        with pytest.raises(QueryRefusedError):
            check(text, indexes=None)
    with pytest.raises(QueryRefusedError):
        check("index=net", indexes=())


def test_long_and_deep_queries_are_answered_at_once():
    for text in ("(" * 9000, "NOT " * 4000, "index=net " + "| head 1 " * 100, "a" * 30_000):
        with pytest.raises(QueryRefusedError):
            check(text)
