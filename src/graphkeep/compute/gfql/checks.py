"""Validators for single values in a query: each returns the checked value, or refuses it and names its path."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from graphkeep.compute.gfql.limits import (
    DEEPEST,
    MAX_EXPRESSION_LENGTH,
    MAX_OPTIONS,
    MAX_TEXT_LENGTH,
)
from graphkeep.compute.gfql.patterns import check_pattern
from graphkeep.compute.gfql.values import Operation, Wire
from graphkeep.graph.errors import UserInputError

QUERIES = frozenset({"query", "edge_query", "source_node_query", "destination_node_query"})
MOMENTS = frozenset({"datetime", "date", "time"})


class Reader(Protocol):
    """The parser of the whole query, which counts its parts; validators use it for nested parts."""

    def name(self, value: object, where: str) -> str: ...

    def filters(self, value: object, where: str) -> Wire | None: ...

    def operations(self, value: object, where: str) -> tuple[Operation, ...]: ...


Checker = Callable[[Reader, object, str], Any]


def kind_of(value: object, where: str) -> str:
    kind = value.get("type") if isinstance(value, Mapping) else None
    if not isinstance(kind, str):
        raise UserInputError(f"{where} must be an object with a type.")
    return kind


def a_mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise UserInputError(f"{where} must be an object.")
    return value


def a_list(value: object, where: str, max_count: int) -> list[Any]:
    if not isinstance(value, list):
        raise UserInputError(f"{where} must be a list.")
    if len(value) > max_count:
        raise UserInputError(f"{where} has {len(value)} entries; the limit is {max_count}.")
    return value


def only(choices: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(choices) - known)
    if unknown:
        allowed = ", ".join(sorted(known - {"type", *QUERIES})) or "nothing else"
        raise UserInputError(
            f"{where} has '{unknown[0][:60]}', which is not known. It may have: {allowed}."
        )


def scalar(value: object, where: str) -> Any:
    if isinstance(value, str):
        return a_text(None, value, where)
    if isinstance(value, float) and not math.isfinite(value):
        raise UserInputError(f"{where} must be a finite number.")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
        raise UserInputError(f"{where} is a whole number of more than 64 bits.")
    if value is not None and not isinstance(value, bool | int | float):
        raise UserInputError(f"{where} must be a text, a number, a truth value or null.")
    return value


def a_text(_: Reader | None, value: object, where: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT_LENGTH:
        raise UserInputError(f"{where} must be a text of at most {MAX_TEXT_LENGTH} characters.")
    return value


def text_or_none(reader: Reader, value: object, where: str) -> str | None:
    return None if value is None else a_text(reader, value, where)


def a_name(reader: Reader, value: object, where: str) -> str:
    return reader.name(value, where)


def name_or_none(reader: Reader, value: object, where: str) -> str | None:
    return None if value is None else reader.name(value, where)


def names(reader: Reader, value: object, where: str) -> list[str]:
    return [reader.name(item, where) for item in a_list(value, where, 1000)]


def name_or_names(reader: Reader, value: object, where: str) -> Any:
    if isinstance(value, list):
        return names(reader, value, where)
    return name_or_none(reader, value, where)


def a_flag(_: Reader, value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise UserInputError(f"{where} must be true or false.")
    return value


def flag_or_none(reader: Reader, value: object, where: str) -> bool | None:
    return None if value is None else a_flag(reader, value, where)


def a_number(_: Reader, value: object, where: str) -> float | None:
    checked = scalar(value, where)
    if isinstance(checked, str | bool):
        raise UserInputError(f"{where} must be a number.")
    return checked


def a_count(_: Reader, value: object, where: str) -> int | None:
    """A non-negative integer, or null."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 31:
        raise UserInputError(f"{where} must be a whole number, not negative.")
    return value


def a_step(reader: Reader, value: object, where: str) -> int | None:
    checked = a_count(reader, value, where)
    if checked is not None and checked > 10_000:
        raise UserInputError(f"{where} must be at most 10000.")
    return checked


def an_expression(_: Reader | None, value: object, where: str) -> Any:
    """Text in the engine's own expression language, which the engine parses; never Python."""
    if isinstance(value, str):
        if len(value) > MAX_EXPRESSION_LENGTH:
            raise UserInputError(f"{where} is longer than {MAX_EXPRESSION_LENGTH} characters.")
        if "=~" in value:
            raise UserInputError(f"{where} matches a pattern with =~, which is not supported.")
        return value
    return plain(None, value, where)


def plain(_: Reader | None, value: object, where: str, depth: int = 0) -> Any:
    """JSON of bounded depth and width."""
    if depth > DEEPEST:
        raise UserInputError(f"{where} is nested too deep.")
    if isinstance(value, Mapping):
        if len(value) > 1000:
            raise UserInputError(f"{where} has more than 1000 entries.")
        return {
            a_text(None, key, where): plain(None, item, where, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        checked = a_list(value, where, MAX_OPTIONS)
        return [plain(None, item, where, depth + 1) for item in checked]
    if isinstance(value, str):
        an_expression(None, value, where)
    return scalar(value, where)


def filters(reader: Reader, value: object, where: str) -> Any:
    return reader.filters(value, where)


def keys_or_filters(reader: Reader, value: object, where: str) -> Any:
    if isinstance(value, list):
        return [scalar(item, where) for item in a_list(value, where, MAX_OPTIONS)]
    return plain(None, value, where)


def inner_operations(reader: Reader, value: object, where: str) -> list[Wire]:
    """Operations nested in a parameter, parsed like all others."""
    return [item.to_wire() for item in reader.operations(value, where)]


def moment(value: Mapping[str, Any], where: str) -> Wire:
    only(value, {"type", "value", "timezone", "unit"}, where)
    checked: Wire = {"type": value["type"]}
    for name in ("value", "timezone", "unit"):
        if name in value:
            checked[name] = scalar(value[name], f"{where}.{name}")
            if isinstance(checked[name], str) and len(checked[name]) > 100:
                raise UserInputError(f"{where}.{name} is too long.")
    return checked


def value_or_moment(reader: Reader, value: object, where: str) -> Any:
    if isinstance(value, Mapping):
        if kind_of(value, where) not in MOMENTS:
            raise UserInputError(f"{where} must be a value, or a datetime, date or time.")
        return moment(value, where)
    return scalar(value, where)


def options(reader: Reader, value: object, where: str) -> list[Any]:
    return [value_or_moment(reader, item, where) for item in a_list(value, where, MAX_OPTIONS)]


def text_or_texts(reader: Reader, value: object, where: str) -> Any:
    if isinstance(value, list):
        return [a_text(reader, item, where) for item in a_list(value, where, 1000)]
    return a_text(reader, value, where)


def one_of(*allowed: Any) -> Checker:
    def check(_: Reader, value: object, where: str) -> Any:
        if not any(
            value is item or (type(value) is type(item) and value == item) for item in allowed
        ):
            raise UserInputError(f"{where} is not one of {', '.join(map(str, allowed))}.")
        return value

    return check


PREFILTER: dict[str, Checker] = {
    "kind": one_of("expr", "search_any"),
    "text": an_expression,
    "term": a_text,
    "case_sensitive": a_flag,
    "regex": a_flag,
    "columns": names,
}


def prefilters(reader: Reader, value: object, where: str) -> Any:
    return {
        reader.name(alias, where): [
            prefilter(reader, item, where) for item in a_list(checked, where, 100)
        ]
        for alias, checked in a_mapping(value, where).items()
    }


def prefilter(reader: Reader, value: object, where: str) -> Wire:
    payload = a_mapping(value, where)
    checked = {
        name: check(reader, payload[name], f"{where}.{name}")
        for name, check in PREFILTER.items()
        if name in payload
    }
    only(payload, set(PREFILTER), where)
    if checked.get("regex"):
        check_pattern(str(checked.get("term", "")), f"{where}.term")
    return checked
