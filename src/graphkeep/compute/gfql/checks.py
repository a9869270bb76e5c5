"""Checks of the single values in a query: each gives back what may go on, or refuses it by its place."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from graphkeep.compute.gfql.limits import (
    DEEPEST,
    LONGEST_EXPRESSION,
    LONGEST_TEXT,
    MOST_OPTIONS,
)
from graphkeep.compute.gfql.patterns import check_pattern
from graphkeep.compute.gfql.values import Operation, Wire
from graphkeep.graph.errors import UserInputError

QUERIES = frozenset({"query", "edge_query", "source_node_query", "destination_node_query"})
MOMENTS = frozenset({"datetime", "date", "time"})


class Reader(Protocol):
    """Who reads the whole query, and counts its parts: a check asks it for what holds such parts."""

    def name(self, said: object, where: str) -> str: ...

    def filters(self, said: object, where: str) -> Wire | None: ...

    def operations(self, said: object, where: str) -> tuple[Operation, ...]: ...


Checker = Callable[[Reader, object, str], Any]


def kind_of(said: object, where: str) -> str:
    kind = said.get("type") if isinstance(said, Mapping) else None
    if not isinstance(kind, str):
        raise UserInputError(f"{where} must be an object with a type.")
    return kind


def a_mapping(said: object, where: str) -> Mapping[str, Any]:
    if not isinstance(said, Mapping) or not all(isinstance(key, str) for key in said):
        raise UserInputError(f"{where} must be an object.")
    return said


def a_list(said: object, where: str, most: int) -> list[Any]:
    if not isinstance(said, list):
        raise UserInputError(f"{where} must be a list.")
    if len(said) > most:
        raise UserInputError(f"{where} holds {len(said)} entries; {most} are read.")
    return said


def only(words: Mapping[str, Any], known: set[str], where: str) -> None:
    strange = sorted(set(words) - known)
    if strange:
        right = ", ".join(sorted(known - {"type", *QUERIES})) or "nothing else"
        raise UserInputError(
            f"{where} has '{strange[0][:60]}', which is not known. It may have: {right}."
        )


def scalar(said: object, where: str) -> Any:
    if isinstance(said, str):
        return a_text(None, said, where)
    if isinstance(said, float) and not math.isfinite(said):
        raise UserInputError(f"{where} must be a finite number.")
    if isinstance(said, int) and not isinstance(said, bool) and abs(said) >= 1 << 63:
        raise UserInputError(f"{where} is a whole number of more than 64 bits.")
    if said is not None and not isinstance(said, bool | int | float):
        raise UserInputError(f"{where} must be a text, a number, a truth value or null.")
    return said


def a_text(_: Reader | None, said: object, where: str) -> str:
    if not isinstance(said, str) or len(said) > LONGEST_TEXT:
        raise UserInputError(f"{where} must be a text of at most {LONGEST_TEXT} characters.")
    return said


def text_or_none(reader: Reader, said: object, where: str) -> str | None:
    return None if said is None else a_text(reader, said, where)


def a_name(reader: Reader, said: object, where: str) -> str:
    return reader.name(said, where)


def name_or_none(reader: Reader, said: object, where: str) -> str | None:
    return None if said is None else reader.name(said, where)


def names(reader: Reader, said: object, where: str) -> list[str]:
    return [reader.name(one, where) for one in a_list(said, where, 1000)]


def name_or_names(reader: Reader, said: object, where: str) -> Any:
    if isinstance(said, list):
        return names(reader, said, where)
    return name_or_none(reader, said, where)


def a_flag(_: Reader, said: object, where: str) -> bool:
    if not isinstance(said, bool):
        raise UserInputError(f"{where} must be true or false.")
    return said


def flag_or_none(reader: Reader, said: object, where: str) -> bool | None:
    return None if said is None else a_flag(reader, said, where)


def a_number(_: Reader, said: object, where: str) -> float | None:
    found = scalar(said, where)
    if isinstance(found, str | bool):
        raise UserInputError(f"{where} must be a number.")
    return found


def a_count(_: Reader, said: object, where: str) -> int | None:
    """A whole number that is not negative, or null."""
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said < 1 << 31:
        raise UserInputError(f"{where} must be a whole number, not negative.")
    return said


def a_step(reader: Reader, said: object, where: str) -> int | None:
    found = a_count(reader, said, where)
    if found is not None and found > 10_000:
        raise UserInputError(f"{where} must be at most 10000.")
    return found


def an_expression(_: Reader | None, said: object, where: str) -> Any:
    """The engine's own small language of expressions; it is parsed there, and never Python's."""
    if isinstance(said, str):
        if len(said) > LONGEST_EXPRESSION:
            raise UserInputError(f"{where} is longer than {LONGEST_EXPRESSION} characters.")
        if "=~" in said:
            raise UserInputError(f"{where} matches a pattern by =~, which is refused here.")
        return said
    return plain(None, said, where)


def plain(_: Reader | None, said: object, where: str, depth: int = 0) -> Any:
    """JSON of a bounded depth and width."""
    if depth > DEEPEST:
        raise UserInputError(f"{where} is nested too deep.")
    if isinstance(said, Mapping):
        if len(said) > 1000:
            raise UserInputError(f"{where} holds more than 1000 entries.")
        return {
            a_text(None, key, where): plain(None, one, where, depth + 1)
            for key, one in said.items()
        }
    if isinstance(said, list):
        found = a_list(said, where, MOST_OPTIONS)
        return [plain(None, one, where, depth + 1) for one in found]
    if isinstance(said, str):
        an_expression(None, said, where)
    return scalar(said, where)


def filters(reader: Reader, said: object, where: str) -> Any:
    return reader.filters(said, where)


def keys_or_filters(reader: Reader, said: object, where: str) -> Any:
    if isinstance(said, list):
        return [scalar(one, where) for one in a_list(said, where, MOST_OPTIONS)]
    return plain(None, said, where)


def inner_operations(reader: Reader, said: object, where: str) -> list[Wire]:
    """Operations within a parameter are read like all others."""
    return [one.to_wire() for one in reader.operations(said, where)]


def moment(said: Mapping[str, Any], where: str) -> Wire:
    only(said, {"type", "value", "timezone", "unit"}, where)
    made: Wire = {"type": said["type"]}
    for name in ("value", "timezone", "unit"):
        if name in said:
            made[name] = scalar(said[name], f"{where}.{name}")
            if isinstance(made[name], str) and len(made[name]) > 100:
                raise UserInputError(f"{where}.{name} is too long.")
    return made


def value_or_moment(reader: Reader, said: object, where: str) -> Any:
    if isinstance(said, Mapping):
        if kind_of(said, where) not in MOMENTS:
            raise UserInputError(f"{where} must be a value, or a datetime, date or time.")
        return moment(said, where)
    return scalar(said, where)


def options(reader: Reader, said: object, where: str) -> list[Any]:
    return [value_or_moment(reader, one, where) for one in a_list(said, where, MOST_OPTIONS)]


def text_or_texts(reader: Reader, said: object, where: str) -> Any:
    if isinstance(said, list):
        return [a_text(reader, one, where) for one in a_list(said, where, 1000)]
    return a_text(reader, said, where)


def one_of(*allowed: Any) -> Checker:
    def check(_: Reader, said: object, where: str) -> Any:
        if not any(said is one or (type(said) is type(one) and said == one) for one in allowed):
            raise UserInputError(f"{where} is not one of {', '.join(map(str, allowed))}.")
        return said

    return check


PREFILTER: dict[str, Checker] = {
    "kind": one_of("expr", "search_any"),
    "text": an_expression,
    "term": a_text,
    "case_sensitive": a_flag,
    "regex": a_flag,
    "columns": names,
}


def prefilters(reader: Reader, said: object, where: str) -> Any:
    return {
        reader.name(alias, where): [
            prefilter(reader, one, where) for one in a_list(found, where, 100)
        ]
        for alias, found in a_mapping(said, where).items()
    }


def prefilter(reader: Reader, said: object, where: str) -> Wire:
    words = a_mapping(said, where)
    made = {
        name: check(reader, words[name], f"{where}.{name}")
        for name, check in PREFILTER.items()
        if name in words
    }
    only(words, set(PREFILTER), where)
    if made.get("regex"):
        check_pattern(str(made.get("term", "")), f"{where}.term")
    return made
