"""A request as people and packs write it, with places for bound values, and as it is sent.

Values are bound and never pasted: in a path they are percent-encoded, in a query and a body they are written by the
encoder, so no value changes the shape of a request.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.stages import QueryRefusedError

KEYS = ("method", "path", "query", "body", "records", "jq", "paging", "add", "error")
PAGING = ({"next"}, {"cursor", "parameter"}, {"page", "start", "size", "page_size"})
PATH = re.compile(r"(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|\{[A-Za-z_][A-Za-z0-9_]*\})*)+")
PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
MAX_VALUES = 100
PARAM = "$param"


@dataclass(frozen=True, kw_only=True)
class RequestTemplate:
    """`records` is the dotted path of the rows in an answer, `jq` a program that makes them; `add` are columns of
    bound values; `error` is the dotted path of an error in an answer of success.
    """

    method: str = "GET"
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    records: str = ""
    jq: str = ""
    paging: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the values that it binds, in the order in which they occur."""
        names = PLACE.findall(self.path)
        for part in (self.query, self.body, self.add):
            names += places_in(part)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, kw_only=True)
class BoundRequest:
    """One request as it is sent: `path` and `query` of the service, without the credential."""

    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    add: Mapping[str, Any]


def parse_request(content: Any) -> RequestTemplate:
    """Raises QueryRefusedError: a key is unknown, or a value is of the wrong form."""
    if not isinstance(content, dict) or not isinstance(content.get("path"), str):
        raise QueryRefusedError(
            'A request is an object with a path, such as {"path": "/api/hosts"}.'
        )
    for key in content:
        if key not in KEYS:
            nearest = nearest_name(str(key), KEYS)
            raise QueryRefusedError(
                f"A request has no key '{str(key)[:40]}'.",
                advice=f"Did you mean '{nearest}'?" if nearest else f"Its keys: {', '.join(KEYS)}.",
            )
    template = RequestTemplate(**content)
    if template.method not in {"GET", "POST"}:
        raise QueryRefusedError(
            f"The method '{str(template.method)[:20]}' is not allowed; allowed: GET, POST."
        )
    if template.body is not None and template.method != "POST":
        raise QueryRefusedError("A body is sent with POST only.")
    if not PATH.fullmatch(template.path):
        raise QueryRefusedError(
            "The path must begin with / and have no blank, '?', '#' or unknown sign; values stand in it as {name}."
        )
    for name in ("query", "paging", "add"):
        if not isinstance(getattr(template, name), dict):
            raise QueryRefusedError(f"'{name}' must be an object.")
    for name in ("records", "jq", "error"):
        if not isinstance(getattr(template, name), str):
            raise QueryRefusedError(f"'{name}' must be a text.")
    check_paging(template.paging)
    return template


def check_paging(paging: Mapping[str, Any]) -> None:
    if paging and not any(set(paging) <= keys and min_key(keys) in paging for keys in PAGING):
        raise QueryRefusedError(
            '\'paging\' must be {"next": PATH}, {"cursor": PATH, "parameter": NAME} or '
            '{"page": NAME, "start": 1, "size": NAME, "page_size": 100}.'
        )
    for name, value in paging.items():
        is_number = name in {"start", "page_size"}
        if not isinstance(value, int if is_number else str) or isinstance(value, bool):
            raise QueryRefusedError(
                f"'paging.{name}' must be a {'number' if is_number else 'text'}."
            )
    if "cursor" in paging and "parameter" not in paging:
        raise QueryRefusedError(
            "'paging.parameter' is missing: the query parameter that takes the cursor."
        )


def min_key(keys: set[str]) -> str:
    return next(key for key in ("next", "cursor", "page") if key in keys)


def places_in(part: Any) -> list[str]:
    """The names of `{"$param": name}` in a JSON value."""
    if isinstance(part, dict):
        if set(part) == {PARAM}:
            return [str(part[PARAM])]
        return [name for value in part.values() for name in places_in(value)]
    if isinstance(part, list):
        return [name for value in part for name in places_in(value)]
    return []


def bind(template: RequestTemplate, parameters: Mapping[str, Any]) -> list[BoundRequest]:
    """The requests to send; a list as a path's value makes a request of each of its entries.

    Raises:
        QueryRefusedError: a value is missing, unknown, or of a form that its place cannot take.
    """
    check_names(template, parameters)
    in_path = PLACE.findall(template.path)
    lists = [name for name in in_path if isinstance(parameters[name], (list, tuple))]
    if len(set(lists)) > 1:
        raise QueryRefusedError("Only one value of a path may be a list.")
    if not lists:
        return [bound(template, parameters)]
    values = parameters[lists[0]]
    if len(values) > MAX_VALUES:
        raise QueryRefusedError(
            f"'{lists[0]}' has more than {MAX_VALUES} values; each is a request."
        )
    texts = dict.fromkeys(query_value(lists[0], value) for value in values)
    return [bound(template, {**parameters, lists[0]: text}) for text in texts]


def check_names(template: RequestTemplate, parameters: Mapping[str, Any]) -> None:
    known = template.parameters
    for name in parameters:
        if name not in known:
            names = ", ".join(known) or "none"
            raise QueryRefusedError(
                f"This request has no parameter '{name[:40]}'; it has: {names}."
            )
    for name in known:
        if parameters.get(name) in (None, "", [], ()):
            raise QueryRefusedError(f"The parameter '{name}' has no value.")


def bound(template: RequestTemplate, parameters: Mapping[str, Any]) -> BoundRequest:
    def encode(match: re.Match[str]) -> str:
        return path_value(match[1], parameters[match[1]])

    query: list[tuple[str, str]] = []
    for name, value in template.query.items():
        filled = fill(value, parameters)
        query += [
            (name, query_value(name, each))
            for each in (filled if isinstance(filled, list) else [filled])
        ]
    return BoundRequest(
        path=PLACE.sub(encode, template.path),
        query=tuple(query),
        body=fill(template.body, parameters),
        add={name: fill(value, parameters) for name, value in template.add.items()},
    )


def path_value(name: str, value: Any) -> str:
    text = query_value(name, value)
    if set(text) <= {"."}:
        raise QueryRefusedError(f"The value of '{name}' cannot be a part of a path.")
    return quote(text, safe="")


def query_value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        raise QueryRefusedError(f"The value of '{name}' must be a text or a number.")
    return str(value)


def fill(part: Any, parameters: Mapping[str, Any]) -> Any:
    """A JSON value with its `{"$param": name}` replaced."""
    if isinstance(part, dict):
        if set(part) == {PARAM}:
            value = parameters[str(part[PARAM])]
            return list(value) if isinstance(value, tuple) else value
        return {key: fill(value, parameters) for key, value in part.items()}
    if isinstance(part, list):
        return [fill(value, parameters) for value in part]
    return part


def dotted(path: str) -> Sequence[str]:
    return [name for name in path.split(".") if name]
