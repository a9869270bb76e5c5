"""Queries that people ask give the same rows with the policy as without it."""

import pytest

from tests.sources.databases.sql.conftest import checked
from tests.sources.databases.sql.honest_queries import HONEST

CASES = [(dialect, text) for dialect, texts in HONEST.items() for text in texts]


@pytest.mark.parametrize(("dialect", "text"), CASES)
def test_an_honest_query_gives_the_same_rows_as_without_a_check(rows_of, dialect, text):
    rows = rows_of(dialect)

    query = checked(dialect, text)

    assert rows(query.text, query.parameters) == rows(text)


def test_there_are_at_least_120_honest_queries():
    assert len(CASES) >= 120
