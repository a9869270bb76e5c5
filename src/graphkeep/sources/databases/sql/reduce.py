"""A reduction as SQL around a query: its columns, conditions and groups are worked out by the database.

Texts are compared letter by letter, whatever the collation of a column: the result is that of the same work done on all rows
here.
"""

from typing import Any

from sqlglot import exp

from graphkeep.sources.databases.query import ColumnFilter, Reduction
from graphkeep.sources.databases.sql.dialect import SqlDialect
from graphkeep.sources.databases.sql.refusals import refusal
from graphkeep.sources.databases.sql.result_batches import unique_names

ROWS = "query_rows"
COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip


def reduce_query(
    tree: exp.Expr, reduction: Reduction, given: dict[str, Any], dialect: SqlDialect
) -> exp.Expr:
    """A SELECT from the rows of a tree. The values of filters are added to `given`, to be bound as parameters.

    Raises:
        QueryRefusedError: the tree has no form as a subquery.
    """
    if not isinstance(tree, (exp.Select, exp.SetOperation, exp.Subquery)):
        raise refusal("Only a SELECT can be reduced to columns, filters and groups")
    alias = exp.TableAlias(this=exp.to_identifier(ROWS))
    reduced = exp.Select().select(*selected(reduction, dialect), copy=False)
    reduced.set("from_", exp.From(this=exp.Subquery(this=tree, alias=alias)))
    conditions = [condition(each, given, dialect) for each in reduction.filters]
    if conditions:
        reduced.set("where", exp.Where(this=exp.and_(*conditions, copy=False)))
    if reduction.group_by:
        keys = [exact(column(name), dialect) for name in reduction.group_by]
        reduced.set("group", exp.Group(expressions=keys))
    return reduced


def selected(reduction: Reduction, dialect: SqlDialect) -> list[exp.Expr]:
    if not reduction.group_by:
        return [named(column(name), name) for name in reduction.columns] or [exp.Star()]
    names = unique_names(
        [*reduction.group_by, "count", *(f"sum_{name}" for name in reduction.sums)]
    )
    keys = [key(name, dialect) for name in reduction.group_by]
    values = [exp.Count(this=exp.Star()), *(exp.Sum(this=column(name)) for name in reduction.sums)]
    return [named(value, name) for value, name in zip([*keys, *values], names, strict=True)]


def key(name: str, dialect: SqlDialect) -> exp.Expr:
    """A column of the groups; where groups are of its bytes, all its values in one are the same."""
    return exp.Min(this=column(name)) if dialect.text_comparison != "exact" else column(name)


def condition(each: ColumnFilter, given: dict[str, Any], dialect: SqlDialect) -> exp.Expr:
    name: exp.Expr = column(each.column)
    if each.operator in ("is empty", "is not empty"):
        is_null = exp.Is(this=name, expression=exp.Null())
        return is_null if each.operator == "is empty" else exp.Not(this=is_null)
    values = each.value if each.operator == "in" else (each.value,)
    bound = [bind(value, given, dialect) for value in values]
    if all(isinstance(value, str) for value in values):
        name = exact(name, dialect)
    if each.operator == "in":
        return exp.In(this=name, expressions=bound)
    return COMPARISONS[each.operator](this=name, expression=bound[0])


def bind(value: Any, given: dict[str, Any], dialect: SqlDialect) -> exp.Expr:
    name = f"reduction_{len(given)}"
    while name in given:
        name += "_"
    given[name] = value
    mark = exp.Placeholder(this=name)
    is_bytes = isinstance(value, str) and dialect.text_comparison == "bytes"
    return exact(mark, dialect) if is_bytes else mark


def exact(value: exp.Expr, dialect: SqlDialect) -> exp.Expr:
    """A value whose texts are compared letter by letter."""
    match dialect.text_comparison:
        case "bytes":
            text = exp.Cast(
                this=value, to=exp.DataType.build("CHAR CHARACTER SET utf8mb4", dialect="mysql")
            )
            return exp.Cast(this=text, to=exp.DataType.build("BINARY", dialect="mysql"))
        case "binary-collation":
            return exp.Collate(this=value, expression=exp.Var(this="BINARY"))
        case _:
            return value


def column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=ROWS)


def named(value: exp.Expr, name: str) -> exp.Expr:
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))
