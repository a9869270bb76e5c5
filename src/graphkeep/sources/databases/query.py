"""Queries to a source: as they were asked, the policy and limits that hold for them, and as they are sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

Marking = Literal["clear", "green", "amber", "amber+strict", "red"]
MARKINGS: tuple[Marking, ...] = ("clear", "green", "amber", "amber+strict", "red")
"""TLP 2.0, from the least to the most restricted."""

Restriction = Literal["databases", "schemas", "tables", "indexes", "labels", "collections", "paths"]


FilterOperator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "is empty", "is not empty"]
FILTER_OPERATORS: tuple[FilterOperator, ...] = (
    "=", "!=", "<", "<=", ">", ">=", "in", "is empty", "is not empty",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ColumnFilter:
    """A condition on a column of a query's rows. `in` takes a list. Empty values meet `is empty` alone."""

    column: str
    operator: FilterOperator
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """What of a query's rows is fetched, worked out by the source.

    `columns`: none means all. With `group_by` there is one row for each combination of these columns, such as source and
    destination: with `count`, the number of its rows, and `sum_NAME` for each column of `sums`; `columns` is not used.
    """

    columns: tuple[str, ...] = ()
    filters: tuple[ColumnFilter, ...] = ()
    group_by: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SourceQuery:
    """A query as a person or a pivot asks it.

    `parameters` are bound values, by name; in the text they stand as `:name` (SQL), `$name` (Cypher, SPL) or as
    `{"$param": "name"}` (JSON). `since` and `until` are the time range, with a zone. `reduction` is for kinds that
    `can_reduce`.
    """

    language: str
    text: str
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    since: datetime | None = None
    until: datetime | None = None
    marking: Marking = "clear"
    reduction: Reduction | None = None


@dataclass(frozen=True, kw_only=True)
class QueryPolicy:
    """What may be asked of one connector.

    `allowed`: the names that may be asked for, by restriction; a restriction that is absent does not restrict, an
    empty one allows nothing. A name may end in `*`. `max_marking`: values of a higher marking are not sent.
    """

    allowed: Mapping[Restriction, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    max_time_range: timedelta | None = None
    max_marking: Marking = "red"


@dataclass(frozen=True, kw_only=True)
class QueryLimits:
    """The limits of one query: rows and bytes of its result, and seconds until its end."""

    max_rows: int = 100_000
    max_bytes: int = 256 << 20
    max_seconds: float = 30.0


@dataclass(frozen=True, kw_only=True)
class CheckedQuery:
    """A query that the policy allows, as it is sent: `text` is printed from the checked tree, never as it was typed.

    `parameters`: the bound values, in the driver's form. `names`: what it asks for, as `tables: public.hosts`.
    """

    language: str
    text: str
    parameters: Mapping[str, Any] | Sequence[Any] = ()
    names: tuple[str, ...] = ()


def is_allowed(name: str, allowed: Sequence[str]) -> bool:
    """Whether a name is in a list of a policy; an entry that ends in `*` allows each name that begins so."""
    return any(
        name.startswith(entry[:-1]) if entry.endswith("*") else name == entry for entry in allowed
    )
