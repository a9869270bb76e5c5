"""The check of a SQL query: parsed, checked node by node, printed from the tree, and checked again as it was printed."""

from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError

from graphkeep.sources.databases.query import CheckedQuery, QueryLimits, QueryPolicy, SourceQuery
from graphkeep.sources.databases.sql.dialect import SqlDialect, sqlglot_dialect
from graphkeep.sources.databases.sql.parameters import (
    bind_parameters,
    given_parameters,
    with_dollars,
)
from graphkeep.sources.databases.sql.reduce import reduce_query
from graphkeep.sources.databases.sql.refusals import refusal
from graphkeep.sources.databases.sql.row_limit import push_down_limit
from graphkeep.sources.databases.sql.tables import TableRules
from graphkeep.sources.databases.sql.text import parse_statement
from graphkeep.sources.databases.sql.tree import TreeCheck


def check_sql(
    query: SourceQuery,
    policy: QueryPolicy,
    limits: QueryLimits,
    *,
    dialect: SqlDialect,
    container: str,
    catalog: str = "",
) -> CheckedQuery:
    """The query as it is sent, with the row cap as its LIMIT and its parameters in the driver's form.

    `container` is the schema or database of names without one; each such name is sent with it, so a search path cannot
    change what was checked. Pure: nothing is sent.

    Raises:
        QueryRefusedError: the query is more than one statement, does more than read, calls a function or names a table
            that is not allowed, or has something that this check does not know.
    """
    rules = TableRules(dialect=dialect, policy=policy, container=container, catalog=catalog)
    given = given_parameters(query)
    tree = parse_statement(with_dollars(query.text, given, dialect), dialect)
    typed = query.text
    if query.reduction is not None:
        tree = reduce_query(tree, query.reduction, given, dialect)
        typed = f"{typed} {query.reduction}"
    check = TreeCheck(dialect, rules)
    check.check(tree)
    bound = bind_parameters(tree, typed, given)
    push_down_limit(tree, limits.max_rows + 1)
    printed = print_tree(tree, dialect)
    check_printed(printed, check, dialect, rules)
    text, parameters = bound.finish(printed, dialect.placeholders)
    names = tuple(f"tables: {name}" for name in check.tables)
    return CheckedQuery(language=query.language, text=text, parameters=parameters, names=names)


def check_printed(text: str, first: TreeCheck, dialect: SqlDialect, rules: TableRules) -> None:
    """What is sent is held to the same rules as what was typed: a printer may change a tree's meaning.

    Raises:
        QueryRefusedError: the printed text reads otherwise than the tree that it was printed from.
    """
    tree = parse_statement(text, dialect)
    second = TreeCheck(dialect, rules)
    second.check(tree)
    if list(second.tables) != list(first.tables) or print_tree(tree, dialect) != text:
        raise refusal(
            "The query has a form that cannot be printed without doubt",
            advice="Write its expressions in a simpler way.",
        )


def print_tree(tree: exp.Expr, dialect: SqlDialect) -> str:
    try:
        return tree.sql(
            dialect=sqlglot_dialect(dialect),
            comments=False,
            copy=False,
            unsupported_level=ErrorLevel.RAISE,
        )
    except SqlglotError as error:
        raise refusal(f"{dialect.title} has no form for a part of the query: {error}") from None
    except RecursionError:
        raise refusal("The query is nested too deeply") from None
