"""Reading what a request carries."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from graphkeep.datasets.operations.upload import UploadedBody
from graphkeep.graph.errors import TooLargeError, UserInputError


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object or form of a request; nothing counts as an empty object.

    Raises:
        UserInputError: the body is not a JSON object.
        TooLargeError: it is over the limit of a body that is not an upload.
    """
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise TooLargeError("This body is larger than the server reads here.") from error
    if not body:
        return {}
    if (request.content_type or "").startswith("application/x-www-form-urlencoded"):
        form = request.POST.dict()
        if form and not body.lstrip().startswith(b"{"):
            return dict(form)
    try:
        said = json.loads(body)
    except ValueError as error:
        raise UserInputError(f"The body is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise UserInputError("The body must be a JSON object.")
    return said


def names_of(said: dict[str, Any], name: str, default: Iterable[str]) -> list[str]:
    found = said.get(name, list(default))
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UserInputError(f"{name} must be a list of names.")
    return found


def whole_number(said: dict[str, Any], name: str) -> int | None:
    found = said.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int):
        raise UserInputError(f"{name} must be a whole number.")
    return found


def received(request: HttpRequest) -> UploadedBody:
    """The upload that the receive layer put on disk.

    Raises:
        UserInputError: the request carries none.
    """
    scope: dict[str, Any] = getattr(request, "scope", {})
    body = scope.get("graphkeep.received")
    if not isinstance(body, UploadedBody):
        raise UserInputError("This request carries no upload.")
    return body


def page_of(request: HttpRequest) -> tuple[int, int]:
    """`limit` and `offset` of a list."""
    try:
        limit = int(request.GET.get("limit", "50"))
        offset = int(request.GET.get("offset", "0"))
    except ValueError as error:
        raise UserInputError("limit and offset must be whole numbers.") from error
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
