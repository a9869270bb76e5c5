"""Named parameters (`:name`) of a query, bound in the style of the driver; a list after IN is one value each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from sqlglot import exp

from graphkeep.sources.databases.query import SourceQuery
from graphkeep.sources.databases.sql.dialect import PlaceholderStyle, SqlDialect
from graphkeep.sources.databases.sql.refusals import did_you_mean, refusal

Parameters = Mapping[str, Any] | Sequence[Any]
PLAIN_VALUES = (str, bytes, bool, int, float, Decimal, datetime, date, time, timedelta, type(None))
AS_TEXT = (UUID, IPv4Address, IPv6Address)
DUCKDB_NAME = re.compile(r"(?<=[\s(,=<>+\-*/|]):(?=([A-Za-z_]\w*))")
MAX_VALUES = 10_000


def given_parameters(query: SourceQuery) -> dict[str, Any]:
    """The parameters of a query by name, `since` and `until` among them.

    Raises:
        QueryRefusedError: a value is of a kind that no database takes.
    """
    times = {"since": query.since, "until": query.until}
    given = {name: value for name, value in times.items() if value is not None}
    return {**given, **{name: plain(name, value) for name, value in query.parameters.items()}}


def plain(name: str, value: Any) -> Any:
    if isinstance(value, AS_TEXT):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(name, each) for each in value]
    if not isinstance(value, PLAIN_VALUES):
        raise refusal(f"The parameter `{name}` is neither a text, a number, a time nor a list")
    return value


def with_dollars(text: str, names: Mapping[str, Any], dialect: SqlDialect) -> str:
    """A text with `$name` for `:name`, where the dialect reads `:` otherwise; positions stay the same."""
    if not dialect.has_dollar_parameters:
        return text
    return DUCKDB_NAME.sub(lambda match: "$" if match[1] in names else ":", text)


@dataclass
class BoundParameters:
    """Marks that stand in a printed query for bound values, and the values in their order."""

    mark: str
    values: list[Any] = field(default_factory=list)

    def marker(self, value: Any) -> exp.Column:
        self.values.append(value)
        return exp.column(f"{self.mark}{len(self.values) - 1}_")

    def finish(self, text: str, style: PlaceholderStyle) -> tuple[str, Parameters]:
        """The text with the driver's placeholders, and the parameters in the driver's form."""
        if style == "pyformat":
            text = text.replace("%", "%%")
        for index, value in enumerate(self.values):
            text = text.replace(f"{self.mark}{index}_", placeholder(style, index, value))
        if style == "dollar-number":
            return text, tuple(self.values)
        return text, {f"p{index}": value for index, value in enumerate(self.values)}


def bind_parameters(tree: exp.Expr, text: str, given: Mapping[str, Any]) -> BoundParameters:
    """Put marks in place of the parameters of a tree.

    Raises:
        QueryRefusedError: a parameter has no value, or a list stands where one value does.
    """
    mark = "gkp"
    while mark in text.lower():
        mark += "x"
    bound = BoundParameters(mark=mark)
    for node in list(tree.find_all(exp.Placeholder)):
        name = node.name
        if not name:
            raise refusal(
                "Parameters need names", node=node, advice="Write `:name` in place of `?`."
            )
        if name not in given:
            names = ", ".join(f":{each}" for each in given) or "none"
            raise refusal(
                f"The parameter `:{name}` has no value; given: {names}",
                node=node,
                advice=did_you_mean(name, given),
            )
        replace_parameter(node, given[name], bound)
    return bound


def replace_parameter(node: exp.Placeholder, value: Any, bound: BoundParameters) -> None:
    if not isinstance(value, list):
        is_limit = isinstance(node.parent, (exp.Limit, exp.Offset, exp.Fetch))
        if is_limit and isinstance(value, int):  # a number of rows is known before anything is sent
            node.replace(exp.Literal.number(value))
        else:
            node.replace(bound.marker(value))
        return
    parent = node.parent
    values = parent.expressions if isinstance(parent, (exp.In, exp.Tuple)) else []
    if not any(each is node for each in values) or parent is None:
        raise refusal(
            f"The parameter `:{node.name}` is a list; write it after IN, in parentheses", node=node
        )
    if len(value) > MAX_VALUES:
        raise refusal(f"The list `:{node.name}` has more than {MAX_VALUES:,} values", node=node)
    replaced: list[exp.Expr] = []
    for each in values:
        if each is not node:
            replaced.append(each)
        elif value:
            replaced += [bound.marker(item) for item in value]
        else:
            replaced.append(exp.Null())
    parent.set("expressions", replaced)


def placeholder(style: PlaceholderStyle, index: int, value: Any) -> str:
    match style:
        case "dollar-number":
            return f"${index + 1}"
        case "pyformat":
            return f"%(p{index})s"
        case "colon":
            return f":p{index}"
        case "dollar-name":
            return f"$p{index}"
        case "typed-braces":
            return f"{{p{index}:{clickhouse_type(value)}}}"


def clickhouse_type(value: Any) -> str:
    match value:
        case None:
            return "Nullable(String)"
        case bool():
            return "Bool"
        case int():
            return "Int64" if -(2**63) <= value < 2**63 else "Int256"
        case float():
            return "Float64"
        case Decimal():
            return "Decimal(38, 9)"
        case datetime():
            return "DateTime64(6, 'UTC')"
        case date():
            return "Date32"
        case _:
            return "String"
