"""Queries that write, leave the allowed tables, or reach past the data are refused before a driver is called."""

from contextlib import suppress

from graphkeep.sources.databases.stages import QueryRefusedError
from tests.sources.databases.sql.conftest import checked
from tests.sources.databases.sql.hostile_queries import HOSTILE


def test_sh61_hostile_queries_never_reach_the_driver():
    sent, wordless = [], []

    for dialect, text in HOSTILE:
        try:
            query = checked(dialect, text)
        except QueryRefusedError as refused:
            if len(refused.message) < 10:
                wordless.append((dialect, text, refused.message))
        else:
            sent.append((dialect, text[:200], query.text[:200]))

    assert sent == []
    assert wordless == []


def test_no_query_and_no_value_reaches_the_log(caplog):
    for dialect, text in HOSTILE:
        with suppress(QueryRefusedError):
            checked(dialect, text.replace("hosts", "log_canary_hosts"))

    assert caplog.text == ""


def test_there_are_at_least_200_hostile_queries_in_six_dialects():
    assert len(set(HOSTILE)) >= 200
    assert len({dialect for dialect, _ in HOSTILE}) == 6
