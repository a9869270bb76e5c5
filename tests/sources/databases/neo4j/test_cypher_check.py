"""What a Cypher query may say, and the text that is sent."""

import time
from contextlib import suppress

import pytest

from graphkeep.sources.databases.neo4j import KIND
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.stages import QueryRefusedError
from tests.sources.databases.neo4j.cypher_queries import (
    HONEST,
    HOSTILE,
    HOSTILE_BY_LABEL,
    LABELS,
)


def check(text, *, labels=None, databases=None, database="graphs", max_rows=10, **query):
    allowed = {"labels": labels, "databases": databases}
    return KIND.check(
        SourceQuery(language="cypher", text=text, **query),
        QueryPolicy(allowed={name: names for name, names in allowed.items() if names is not None}),
        QueryLimits(max_rows=max_rows),
        {"database": database},
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_query_that_does_more_than_read_is_refused(text):
    with pytest.raises(QueryRefusedError):
        check(text)


@pytest.mark.parametrize("text", HOSTILE_BY_LABEL)
def test_a_query_beyond_the_allowed_labels_is_refused(text):
    with pytest.raises(QueryRefusedError):
        check(text, labels=LABELS)


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_query_is_allowed_with_and_without_a_policy(text):
    assert check(text).text
    assert check(text, labels=LABELS).names == tuple(f"labels: {n}" for n in LABELS if n in text)


@pytest.mark.parametrize("text", HONEST)
def test_what_is_sent_is_allowed_again_and_sent_the_same(text):
    first = check(text)
    second = check(first.text, parameters={}) if not first.parameters else None

    assert second is None or second.text.split() == first.text.split()


def test_the_refusal_names_the_label_and_those_that_are_allowed():
    with pytest.raises(QueryRefusedError) as refused:
        check("MATCH (n:Secret) RETURN n", labels=LABELS)

    assert refused.value.message == "The label `Secret` is not allowed here; allowed: Host, KNOWS."
    assert refused.value.position == 9


def test_a_text_that_could_end_its_quotes_is_bound():
    checked = check("MATCH (n {name: 'a\\u0027 OR \\'b'}) RETURN n.x AS x")

    assert checked.text == "MATCH (n {name: $_gk1}) RETURN n.x AS x LIMIT 11"
    assert checked.parameters == {"_gk1": "a' OR 'b"}


def test_comments_are_not_sent_and_words_stay_apart():
    assert check("MATCH (n)/*a*/WHERE/**/n.x='a'AND true//b\nRETURN n").text == (
        "MATCH (n) WHERE n.x='a' AND TRUE RETURN n LIMIT 11"
    )


def test_a_name_that_a_server_could_read_as_a_keyword_is_quoted():
    assert check("MATCH (n) RETURN n.set AS x, n.`de lete` AS `b``c`").text == (
        "MATCH (n) RETURN n.`set` AS x, n.`de lete` AS `b``c` LIMIT 11"
    )


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("RETURN 1 AS x", "RETURN 1 AS x LIMIT 11"),
        ("RETURN 1 AS x LIMIT 5", "RETURN 1 AS x LIMIT 5"),
        ("RETURN 1 AS x LIMIT 5000", "RETURN 1 AS x LIMIT 11"),
    ],
)
def test_the_row_cap_becomes_the_limit(text, sent):
    assert check(text).text == sent


def test_nodes_without_a_label_are_held_to_the_allowed_ones():
    sent = check("MATCH (n) WHERE n.x = 1 OR n.y = 2 RETURN n", labels=("Host", "Net*")).text

    assert " ".join(sent.split()) == (
        "MATCH (n) WHERE (CASE WHEN any(_gkl IN labels(n) WHERE _gkl = 'Host' OR _gkl STARTS WITH 'Net')"
        " THEN ( n.x = 1 OR n.y = 2 ) ELSE false END) = true RETURN n LIMIT 11"
    )


def test_parameters_are_bound_by_name_and_only_those_that_are_used():
    checked = check("MATCH (n) WHERE n.x = $x RETURN n", parameters={"x": 1, "unused": 2})

    assert checked.parameters == {"x": 1}


@pytest.mark.parametrize("value", [{1: 2}, 1 << 63, object(), {"a": [object()]}])
def test_a_value_that_bolt_does_not_have_is_refused(value):
    with pytest.raises(QueryRefusedError):
        check("RETURN $x AS x", parameters={"x": value})


def test_another_database_is_refused():
    assert check("RETURN 1 AS x", databases=("graphs",)).text
    with pytest.raises(QueryRefusedError, match="allowed: graphs"):
        check("RETURN 1 AS x", databases=("graphs",), database="system")


@pytest.mark.parametrize(
    "text",
    [
        "RETURN " + "(" * 5000 + "1" + ")" * 5000,
        "RETURN " + "({a:" * 40 + "1" + "})" * 40,
        "RETURN " + "[" * 3000 + "]" * 3000,
        "RETURN " + "NOT " * 20000 + "true",
        "MATCH " + "(a)-[]->" * 5000 + "(b) RETURN b",
    ],
)
def test_deep_and_long_queries_are_answered_at_once(text):
    started = time.monotonic()
    with suppress(QueryRefusedError):
        check(text)

    assert time.monotonic() - started < 5
