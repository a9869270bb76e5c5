"""What of a query's rows is fetched, as people and programs say it."""

from datetime import UTC, datetime

import click
import pytest

from graphkeep.bridge.protocol.source_request import SourceRequest, decode_request, encode_request
from graphkeep.graph.errors import InvalidFieldError
from graphkeep.server.cli.connectors.query import reduction_of
from graphkeep.sources.databases.query import ColumnFilter, Reduction, SourceQuery
from graphkeep.sources.databases.reduction_wire import reduction_from_json, reduction_to_json

FULL = Reduction(
    filters=(
        ColumnFilter(column="size", operator=">=", value=100),
        ColumnFilter(column="seen", operator="<", value=datetime(2026, 11, 29, tzinfo=UTC)),
        ColumnFilter(column="os", operator="in", value=("a", "b")),
        ColumnFilter(column="os", operator="is not empty"),
    ),
    group_by=("source", "destination"),
    sums=("size",),
)


def test_a_reduction_survives_the_record_and_the_bridge():
    query = SourceQuery(language="sql", text="SELECT 1", reduction=FULL)
    request = SourceRequest(kind="postgresql", query=query)

    assert reduction_from_json(reduction_to_json(FULL)) == FULL
    assert decode_request(encode_request(request)).query.reduction == FULL


def test_the_command_line_says_the_same():
    conditions = (
        "size >= 100",
        "seen < time:2026-11-29T00:00:00+00:00",
        "os in a,b",
        "os is not empty",
    )

    assert reduction_of((), conditions, ("source", "destination"), ("size",)) == FULL
    assert reduction_of((), (), (), ()) is None
    assert reduction_of(("a", "b"), ("min port = '80'",), (), ()) == Reduction(
        columns=("a", "b"),
        filters=(ColumnFilter(column="min port", operator="=", value="80"),),
    )


@pytest.mark.parametrize("condition", ["size", "os < linux", "in"])
def test_a_condition_that_is_none_is_refused_in_words(condition):
    with pytest.raises(click.BadParameter):
        reduction_of((), (condition,), (), ())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ([], "reduction"),
        ({"colums": ["a"]}, "reduction.colums"),
        ({"columns": "a"}, "reduction.columns"),
        ({"columns": ["a\n"]}, "reduction.columns"),
        ({"sums": ["a"]}, "reduction.sums"),
        ({"filters": [{"column": "a", "operator": "like", "value": "x"}]}, "reduction.filters.0.operator"),
        ({"filters": [{"column": "a", "operator": "=", "value": None}]}, "reduction.filters.0.value"),
        ({"filters": [{"column": "a", "operator": "<", "value": "x"}]}, "reduction.filters.0.value"),
        ({"filters": [{"column": "a", "operator": "=", "value": {"sql": "1"}}]}, "reduction.filters.0.value"),
        ({"filters": [{"column": "a", "operator": "in", "value": []}]}, "reduction.filters.0.value"),
    ],
)  # fmt: skip
def test_a_field_that_is_unknown_or_of_another_kind_is_named(values, field):
    with pytest.raises(InvalidFieldError) as refused:
        reduction_from_json(values)

    assert field in refused.value.message
