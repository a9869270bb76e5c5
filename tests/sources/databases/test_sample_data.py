"""Samples are tables that one asks for by name."""

import pytest

from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.sample_data import KIND
from graphkeep.sources.databases.sample_data.check import TABLES
from graphkeep.sources.databases.stages import QueryRefusedError
from tests.sources.databases.kinds import ask, check, context_of


def test_a_sample_is_asked_for_by_name():
    table = ask(KIND, "table", " Miserables.edges ")

    assert table.num_rows == 254
    assert table.to_pylist()[0].keys() >= {"source", "destination"}
    assert ask(KIND, "table", "miserables").equals(table)


def test_each_sample_is_in_the_schema_with_its_columns():
    session = KIND.open(context_of(KIND))
    schema = session.schema()

    assert [f"{table.container}.{table.name}" for table in schema.tables] == list(TABLES)
    assert all(table.columns for table in schema.tables)
    session.test()
    assert [finding.is_excess for finding in session.audit()] == [False]


def test_no_more_rows_than_one_beyond_the_limit_are_given():
    context = context_of(KIND, limits=QueryLimits(max_rows=10))

    assert ask(KIND, "table", "miserables.edges", context).num_rows == 11


@pytest.mark.parametrize(
    ("text", "allowed", "message", "advice"),
    [
        ("miserable.edges", {}, "There is no sample table 'miserable.edges'.", "Did you mean 'miserables.edges'?"),
        ("machine", {}, "There is no sample table 'machine'.", f"There are: {', '.join(TABLES)}."),
        ("miserables", {"tables": ("intrusion.*",)},
         "Table `miserables.edges` is not allowed here; allowed: intrusion.*.", ""),
        ("miserables", {"tables": ()}, "Table `miserables.edges` is not allowed here; allowed: none.", ""),
    ],
)  # fmt: skip
def test_other_tables_are_refused_and_the_allowed_ones_named(text, allowed, message, advice):
    with pytest.raises(QueryRefusedError) as raised:
        check(KIND, "table", text, allowed=allowed)
    assert (str(raised.value), raised.value.advice) == (message, advice)
