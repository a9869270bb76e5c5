"""What a database works out of a query's rows equals the same work done here, on every kind that can."""

from collections import defaultdict

import pytest

from graphkeep.sources.databases.column_union import union_table
from graphkeep.sources.databases.query import ColumnFilter, Reduction
from graphkeep.sources.databases.registry import connector_kind
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.contracts.connector_cases import CASES

SERVER = """SELECT f.source_id, f.destination_id, f.port, f.size, h.name, h.score,
CASE WHEN f.port = 22 THEN 'LINUX' ELSE h.os END AS os FROM flows f JOIN hosts h ON h.id = f.source_id"""
FILES = """SELECT id % 5 AS source_id, id % 7 AS destination_id, id % 443 AS port, id AS size, name, 0.5 * id AS score,
CASE WHEN id % 5 = 3 THEN NULL WHEN id % 4 = 0 THEN 'LINUX' ELSE 'linux' END AS os FROM hosts WHERE id < 2000"""
PAIR = ("source_id", "destination_id")
REDUCIBLE = [case for case in CASES if connector_kind(case.kind).can_reduce]
OTHERS = [case for case in CASES if not connector_kind(case.kind).can_reduce]
each_case = pytest.mark.parametrize("case", REDUCIBLE, ids=lambda case: case.kind)


def where(column, operator, value=None):
    return ColumnFilter(column=column, operator=operator, value=value)


REDUCTIONS = {
    "columns": Reduction(columns=("destination_id", "os")),
    "number": Reduction(columns=("size",), filters=(where("size", ">=", 700), where("size", "<", 1900))),
    "text": Reduction(filters=(where("os", "=", "LINUX"),)),
    "other text": Reduction(columns=("os", "size"), filters=(where("os", "!=", "linux"),)),
    "list": Reduction(columns=("os", "name"), filters=(where("os", "in", ("linux", "bsd")),)),
    "numbers": Reduction(columns=("port",), filters=(where("port", "in", (22, 80)),)),
    "empty": Reduction(columns=("os", "size"), filters=(where("os", "is empty"),)),
    "not empty": Reduction(columns=("os",), filters=(where("os", "is not empty"),)),
    "quotes": Reduction(filters=(where("name", "=", "it's 100% \\ fine"),)),
    "hostile": Reduction(columns=("name",), filters=(where("name", "=", "x' OR '1'='1"),)),
    "pairs": Reduction(group_by=PAIR, sums=("size", "score")),
    "texts": Reduction(group_by=("os",), sums=("size",)),
    "filtered pairs": Reduction(group_by=PAIR, filters=(where("port", "!=", 22),), sums=("size",)),
}  # fmt: skip


def is_met(row, each):
    value, wanted = row[each.column], each.value
    if each.operator in ("is empty", "is not empty"):
        return (value is None) == (each.operator == "is empty")
    if value is None:
        return False
    return {
        "=": lambda: value == wanted, "!=": lambda: value != wanted, "<": lambda: value < wanted,
        "<=": lambda: value <= wanted, ">": lambda: value > wanted, ">=": lambda: value >= wanted,
        "in": lambda: value in wanted,
    }[each.operator]()  # fmt: skip


def reduced_here(rows, reduction):
    rows = [row for row in rows if all(is_met(row, each) for each in reduction.filters)]
    if not reduction.group_by:
        return [{name: row[name] for name in reduction.columns or row} for row in rows]
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in reduction.group_by)].append(row)
    return [
        {
            **dict(zip(reduction.group_by, key, strict=True)),
            "count": len(members),
            **{f"sum_{name}": total([row[name] for row in members]) for name in reduction.sums},
        }
        for key, members in groups.items()
    ]


def total(values):
    numbers = [value for value in values if value is not None]
    return sum(numbers) if numbers else None


def in_order(rows):
    """Rows to compare: numbers as floats, since databases widen the type of a sum."""
    plain = [
        {name: value if isinstance(value, str | None) else float(value) for name, value in row.items()}
        for row in rows
    ]  # fmt: skip
    return sorted(
        plain, key=lambda row: [(value is not None, str(value)) for value in row.values()]
    )


@each_case
def test_a_reduction_at_the_source_equals_the_same_done_here(case, trial_of):
    trial = trial_of(case)
    text = FILES if case.has_files else SERVER
    rows = union_table(trial.batches(text)).to_pylist()

    for name, reduction in REDUCTIONS.items():
        asked = trial.check(text, reduction=reduction)
        given = union_table(trial.session.run(asked)).to_pylist()
        assert in_order(given) == in_order(reduced_here(rows, reduction)), name


@each_case
def test_values_of_a_filter_are_bound_and_never_in_the_text(case, trial_of):
    reduction = Reduction(filters=(where("name", "=", "canary-value"),))

    asked = trial_of(case).check("SELECT name FROM hosts", reduction=reduction)

    assert "canary-value" not in asked.text
    assert "canary-value" in str(asked.parameters)


@each_case
def test_a_column_that_is_not_there_is_named_by_the_source_and_never_sent_as_sql(case, trial_of):
    trial = trial_of(case)
    reduction = Reduction(columns=('x" FROM hr.salaries --',))

    with pytest.raises(ConnectorError):
        list(trial.session.run(trial.check("SELECT name FROM hosts", reduction=reduction)))


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.kind)
def test_a_kind_that_cannot_reduce_says_so(case, trial_of):
    with pytest.raises(QueryRefusedError, match="does not work out"):
        trial_of(case).check(case.rows, reduction=Reduction(columns=("n",)))
