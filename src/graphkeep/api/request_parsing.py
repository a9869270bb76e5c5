"""Request parsing: JSON bodies, forms, pages of lists; what no database or codec takes is refused here."""

import json
import math
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from graphkeep.datasets.operations.upload import UploadedBody
from graphkeep.graph.errors import TooLargeError, UserInputError

MAX_DEPTH = 100  # levels of a JSON body
MAX_INTEGER = 2**31 - 1  # of a number that a column of the database stores
MAX_OFFSET = 2**31 - 1


def check_text(text: str, name: str) -> None:
    """Raises UserInputError: the text holds a NUL or an unpaired surrogate, which no database stores."""
    if "\0" in text:
        raise UserInputError(f"{name} contains a NUL character, which cannot be stored.")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise UserInputError(f"{name} contains an unpaired surrogate, which is no character.")


def check_headers(request: HttpRequest) -> None:
    """Refuse a header that is no text; middleware has refused such paths, parameters and cookies before.

    Raises:
        UserInputError: one of them holds a NUL or an unpaired surrogate.
    """
    for name in ("Authorization", "Origin", "X-Embed-Origin"):
        check_text(request.headers.get(name, ""), f"The header {name}")


def parse_json(text: bytes | str, name: str = "The body", *, allow_nan: bool = False) -> Any:
    """A JSON value of at most MAX_DEPTH levels, of text and numbers that can be stored.

    Raises:
        UserInputError: it is not JSON, is nested deeper, or holds a NUL, an unpaired surrogate or a number
            that is not finite, unless `allow_nan`.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode(json.detect_encoding(text))
        except UnicodeDecodeError as error:
            raise UserInputError(f"{name} is not JSON in UTF-8: {error.reason}.") from error
    try:
        value = json.loads(text, parse_constant=None if allow_nan else refuse_constant)
    except RecursionError:
        raise UserInputError(f"{name} is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        raise UserInputError(f"{name} is not JSON: {error}") from error
    check_json(value, name, allow_nan=allow_nan)
    return value


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def check_json(value: Any, name: str, *, allow_nan: bool = False) -> None:
    """Check a value iteratively, so that no depth reaches the interpreter's recursion limit."""
    stack = [(value, 1)]
    while stack:
        part, depth = stack.pop()
        if isinstance(part, str):
            check_text(part, name)
        elif isinstance(part, float):
            if not allow_nan and not math.isfinite(part):
                raise UserInputError(f"{name} contains a number that is too large.")
        elif isinstance(part, dict | list):
            if depth > MAX_DEPTH:
                raise UserInputError(f"{name} is nested deeper than {MAX_DEPTH} levels.")
            if isinstance(part, dict):
                stack += [(key, depth + 1) for key in part]
                stack += [(item, depth + 1) for item in part.values()]
            else:
                stack += [(item, depth + 1) for item in part]


def parse_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object or form of a request; nothing counts as an empty object.

    Raises:
        UserInputError: the body is not a JSON object.
        TooLargeError: it is over the limit of a body that is not an upload.
    """
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise TooLargeError("This body is larger than the limit.") from error
    if not body:
        return {}
    if (request.content_type or "").startswith("application/x-www-form-urlencoded"):
        form = dict(request.POST.dict())
        if form and not body.lstrip().startswith(b"{"):
            check_json(form, "The form")
            return form
    value = parse_json(body)
    if not isinstance(value, dict):
        raise UserInputError("The body must be a JSON object.")
    return value


def uploaded_body(request: HttpRequest) -> UploadedBody:
    """The upload that the middleware wrote to disk.

    Raises:
        UserInputError: the request carries none.
    """
    scope: dict[str, Any] = getattr(request, "scope", {})
    body = scope.get("graphkeep.received")
    if not isinstance(body, UploadedBody):
        raise UserInputError("This request carries no upload.")
    return body


def pagination(request: HttpRequest) -> tuple[int, int]:
    """`limit` and `offset` of a list."""
    try:
        limit = int(request.GET.get("limit", "50"))
        offset = int(request.GET.get("offset", "0"))
    except ValueError as error:
        raise UserInputError("limit and offset must be whole numbers.") from error
    if offset > MAX_OFFSET:
        raise UserInputError(f"offset must be at most {MAX_OFFSET}.")
    return max(1, min(limit, 500)), max(0, offset)


def listing(
    request: HttpRequest, count: int, results: list[Any], limit: int, offset: int
) -> dict[str, Any]:
    def address(at: int) -> str:
        query = request.GET.copy()
        query["limit"], query["offset"] = str(limit), str(at)
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    return {
        "count": count,
        "next": address(offset + limit) if offset + limit < count else None,
        "previous": address(max(0, offset - limit)) if offset > 0 else None,
        "results": results,
    }
