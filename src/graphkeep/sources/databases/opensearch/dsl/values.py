"""The values of a search body: scalars, lists of them, names of fields, and parameters that take the place of values."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.stages import QueryRefusedError

PARAMETER = "$param"
MAX_TERMS = 10_000
MAX_DEPTH = 40
FIELD = re.compile(r"[\w@*.\- :/]{1,300}(\^\d+(\.\d+)?)?")
Check = Callable[["Body", Any], Any]


class Body:
    """What the check of a body needs: the parameters, and the names of those used. `path` is where it reads, for messages."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self.path: list[str] = []

    def refuse(self, message: str, advice: str = "") -> QueryRefusedError:
        place = ".".join(self.path)
        return QueryRefusedError(f"`{place}`: {message}" if place else message, advice=advice)

    def read_object(self, value: Any, keys: Mapping[str, Check]) -> dict[str, Any]:
        """An object whose keys are all known, each value checked. Raises QueryRefusedError."""
        if not isinstance(value, dict):
            raise self.refuse("an object is expected.")
        checked = {}
        for key, inner in value.items():
            if key not in keys:
                raise self.unknown(key, list(keys))
            checked[key] = self.read(key, keys[key], inner)
        return checked

    def read(self, key: str, check: Check, value: Any) -> Any:
        self.path.append(key)
        if len(self.path) > MAX_DEPTH:
            raise QueryRefusedError("The query is nested too deeply.")
        checked = check(self, value)
        self.path.pop()
        return checked

    def unknown(self, key: str, keys: list[str]) -> QueryRefusedError:
        nearest = nearest_name(key, keys)
        advice = f"Did you mean `{nearest}`?" if nearest else ""
        return self.refuse(
            f"`{key[:100]}` is not allowed here; allowed: {', '.join(keys[:30])}.", advice
        )

    def resolve(self, value: Any) -> Any:
        """The value of a parameter in place of `{"$param": "name"}`; other values as they are."""
        if not isinstance(value, dict) or PARAMETER not in value:
            return value
        name = value[PARAMETER]
        if len(value) != 1 or not isinstance(name, str) or name not in self.parameters:
            raise self.refuse(f"there is no value for the parameter `{name!s:.100}`.")
        return self.parameters[name]


def parse_body(text: str) -> dict[str, Any]:
    """Raises QueryRefusedError: it is no JSON object, or has a key twice, of which servers may read either."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        body = dict(items)
        if len(body) != len(items):
            raise QueryRefusedError("The query has a key twice.")
        return body

    def constant(name: str) -> None:
        raise QueryRefusedError(f"{name} is no number in JSON.")

    try:
        body = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise QueryRefusedError(
            f"The query is not JSON: {error.msg}.", position=error.pos
        ) from None
    except (RecursionError, ValueError):
        raise QueryRefusedError("The query is not JSON, or is nested too deeply.") from None
    if not isinstance(body, dict):
        raise QueryRefusedError("The query is not a JSON object.")
    return body


def scalar(body: Body, value: Any) -> Any:
    value = body.resolve(value)
    if value is None or isinstance(value, (dict, list, tuple)):
        raise body.refuse("a text, a number or a boolean is expected.")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if not isinstance(value, (str, int, float)):
        raise body.refuse("a text, a number or a boolean is expected.")
    return value


def scalars(body: Body, value: Any) -> list[Any]:
    """A list of scalars. An object would look values up in another index."""
    value = body.resolve(value)
    if not isinstance(value, (list, tuple)):
        raise body.refuse("a list of values is expected; lookups in other indexes are not allowed.")
    if len(value) > MAX_TERMS:
        raise body.refuse(f"there are more than {MAX_TERMS:,} values.")
    return [scalar(body, each) for each in value]


def text(body: Body, value: Any) -> str:
    """A text that is part of the query itself, so no parameter may stand for it."""
    if not isinstance(value, str) or len(value) > 10_000:
        raise body.refuse("a text is expected.")
    return value


def boolean(body: Body, value: Any) -> bool:
    if not isinstance(value, bool):
        raise body.refuse("true or false is expected.")
    return value


def number(body: Body, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise body.refuse("a number is expected.")
    return value


def integer_up_to(most: int) -> Check:
    def check(body: Body, value: Any) -> int:
        value = body.resolve(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise body.refuse(f"a whole number from 0 to {most:,} is expected.")
        return value

    return check


def one_of(*words: str) -> Check:
    def check(body: Body, value: Any) -> str:
        if value not in words:
            raise body.refuse(f"one of {', '.join(words)} is expected.")
        return value

    return check


def count_text(body: Body, value: Any) -> Any:
    """`minimum_should_match`: a number or a share."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[-+\d%< ]{1,50}", value):
        return value
    raise body.refuse("a number or a share such as 75% is expected.")


def field(body: Body, value: Any) -> str:
    if not isinstance(value, str) or not FIELD.fullmatch(value):
        raise body.refuse("the name of a field is expected.")
    return value


def fields(body: Body, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > 200:
        raise body.refuse("a list of fields is expected.")
    return [field(body, each) for each in value]


def field_or_fields(body: Body, value: Any) -> Any:
    return field(body, value) if isinstance(value, str) else fields(body, value)


def list_of(check: Check, most: int = 1_000) -> Check:
    def check_list(body: Body, value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise body.refuse(f"a list of at most {most:,} is expected.")
        return [body.read(str(index), check, each) for index, each in enumerate(value)]

    return check_list


def object_of(keys: Mapping[str, Check]) -> Check:
    return lambda body, value: body.read_object(value, keys)


def by_field(inner: Check) -> Check:
    """`{field: value}` with exactly one field."""

    def check(body: Body, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) != 1:
            raise body.refuse("an object with exactly one field is expected.")
        ((name, inner_value),) = value.items()
        return {field(body, name): body.read(name, inner, inner_value)}

    return check


def scalar_or(keys: Mapping[str, Check]) -> Check:
    """A value, or an object with these keys."""

    def check(body: Body, value: Any) -> Any:
        if isinstance(value, dict) and PARAMETER not in value:
            return body.read_object(value, keys)
        return scalar(body, value)

    return check
