"""The row cap of a connector as a LIMIT of the query, so the source does not work out what nobody will read."""

from sqlglot import exp


def push_down_limit(tree: exp.Expr, rows: int) -> None:
    """Let a query give at most `rows` rows: a smaller limit of its own stays, and order and inner limits do too.

    A limit that is no plain number (LIMIT of an expression, WITH TIES, LIMIT BY) is left alone; the rows are then counted as they
    arrive.
    """
    if not isinstance(tree, (exp.Select, exp.SetOperation, exp.Subquery)):
        return
    limit = tree.args.get("limit")
    if limit is None:
        tree.set("limit", exp.Limit(expression=exp.Literal.number(rows)))
        return
    if limit.args.get("expressions"):  # ClickHouse's LIMIT n BY column
        return
    key = "count" if isinstance(limit, exp.Fetch) else "expression"
    number = limit.args.get(key)
    if limit.args.get("limit_options") and any(
        limit.args["limit_options"].args.get(option) for option in ("with_ties", "percent")
    ):
        return
    is_all = isinstance(number, exp.Var) and number.name.upper() == "ALL"
    if is_all or (is_plain_number(number) and int(number.name) > rows):
        limit.set(key, exp.Literal.number(rows))


def is_plain_number(node: object) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit()
