"""Reductions of queries as JSON values, for requests, records and the bridge."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from graphkeep.graph.errors import InvalidFieldError, nearest_name
from graphkeep.sources.databases.query import FILTER_OPERATORS, ColumnFilter, Reduction

FIELDS = ("columns", "filters", "group_by", "sums")
FILTER_FIELDS = ("column", "operator", "value")
MAX_NAMES = 200
MAX_LIST = 1_000
MAX_NAME = 300
VALUES = (str, bool, int, float, datetime)
PATH = "reduction"


def reduction_to_json(reduction: Reduction | None) -> dict[str, Any] | None:
    """Times are `{"time": "2026-11-29T12:00:00+00:00"}`."""
    if reduction is None:
        return None
    return {
        "columns": list(reduction.columns),
        "filters": [
            {
                "column": each.column,
                "operator": each.operator,
                "value": [to_json(value) for value in each.value]
                if isinstance(each.value, (list, tuple))
                else to_json(each.value),
            }
            for each in reduction.filters
        ],
        "group_by": list(reduction.group_by),
        "sums": list(reduction.sums),
    }


def to_json(value: Any) -> Any:
    return {"time": value.isoformat()} if isinstance(value, datetime) else value


def reduction_from_json(values: Any) -> Reduction | None:
    """None of nothing.

    Raises:
        InvalidFieldError: a field is unknown or of the wrong kind.
    """
    if values is None:
        return None
    known_fields(PATH, values, FIELDS)
    filters = values.get("filters") or []
    if not isinstance(filters, list) or len(filters) > MAX_NAMES:
        raise InvalidFieldError(f"{PATH}.filters", f"must be a list of at most {MAX_NAMES}.")
    reduction = Reduction(
        columns=names_of(values, "columns"),
        filters=tuple(
            filter_of(f"{PATH}.filters.{index}", each) for index, each in enumerate(filters)
        ),
        group_by=names_of(values, "group_by"),
        sums=names_of(values, "sums"),
    )
    if reduction.sums and not reduction.group_by:
        raise InvalidFieldError(f"{PATH}.sums", "needs group_by, such as source and destination.")
    return reduction


def known_fields(path: str, values: Any, fields: Sequence[str]) -> None:
    if not isinstance(values, Mapping):
        raise InvalidFieldError(path, "must be an object.")
    for name in values:
        if name not in fields:
            nearest = nearest_name(str(name), list(fields))
            advice = f"Did you mean '{nearest}'?" if nearest else f"There are: {', '.join(fields)}."
            raise InvalidFieldError(
                f"{path}.{str(name)[:100]}", f"there is no such field. {advice}"
            )


def names_of(values: Mapping[str, Any], field: str) -> tuple[str, ...]:
    names = values.get(field) or []
    if not isinstance(names, list) or len(names) > MAX_NAMES or not all(map(is_name, names)):
        raise InvalidFieldError(
            f"{PATH}.{field}", f"must be a list of at most {MAX_NAMES} columns."
        )
    return tuple(dict.fromkeys(names))


def is_name(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name) <= MAX_NAME and name.isprintable()


def filter_of(path: str, values: Any) -> ColumnFilter:
    known_fields(path, values, FILTER_FIELDS)
    column, operator, value = (values.get(field) for field in FILTER_FIELDS)
    if not is_name(column):
        raise InvalidFieldError(f"{path}.column", "must be the name of a column.")
    if operator not in FILTER_OPERATORS:
        raise InvalidFieldError(
            f"{path}.operator", f"must be one of {', '.join(FILTER_OPERATORS)}."
        )
    if operator in ("is empty", "is not empty"):
        return ColumnFilter(column=column, operator=operator)
    if operator == "in":
        if not isinstance(value, list) or not 0 < len(value) <= MAX_LIST:
            raise InvalidFieldError(
                f"{path}.value", f"must be a list of at most {MAX_LIST:,} values."
            )
        value = tuple(value_of(f"{path}.value", each) for each in value)
    else:
        value = value_of(f"{path}.value", value)
    if isinstance(value, str) and operator not in ("=", "!="):
        raise InvalidFieldError(f"{path}.value", f"must be a number or a time for {operator}.")
    return ColumnFilter(column=column, operator=operator, value=value)


def value_of(path: str, value: Any) -> Any:
    if isinstance(value, Mapping) and set(value) == {"time"}:
        try:
            return datetime.fromisoformat(str(value["time"]))
        except ValueError:
            value = None
    if not isinstance(value, VALUES):
        raise InvalidFieldError(
            path, 'must be a text, a number, true, false or {"time": "2026-11-29T12:00:00Z"}.'
        )
    return value
