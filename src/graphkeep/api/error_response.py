"""Error responses: one table of statuses and codes, and one body for HTTP views and ASGI middleware alike."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse

from graphkeep.accounts import audit
from graphkeep.accounts.actor import ANONYMOUS
from graphkeep.accounts.credentials.errors import ExpiredTokenError, InvalidCredentialError
from graphkeep.accounts.rate_limit import RateLimitedError
from graphkeep.accounts.usage import DownloadQuotaError
from graphkeep.graph.errors import (
    BusyError,
    DiskFullError,
    GraphkeepError,
    InvalidFieldError,
    LimitExceededError,
    MissingBindingError,
    NotAllowedError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
    UnknownColumnError,
    UnreadableFileError,
    UserInputError,
)
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError

Send = Callable[[dict[str, Any]], Awaitable[None]]


class MethodNotAllowedError(GraphkeepError):
    def __init__(self, method: str, methods: Sequence[str]) -> None:
        super().__init__(f"{method} is not allowed; use {' or '.join(methods)}.")


# The first matching class decides, so each class precedes the one that it extends.
ERRORS: tuple[tuple[type[GraphkeepError], int, str], ...] = (
    (DownloadQuotaError, 429, "download-quota"),
    (RateLimitedError, 429, "rate-limited"),
    (ExpiredTokenError, 401, "expired-token"),
    (InvalidCredentialError, 401, "invalid-credential"),
    (NotFoundError, 404, "not-found"),
    (MethodNotAllowedError, 405, "method-not-allowed"),
    (NotAllowedError, 403, "not-allowed"),
    (TooLargeError, 413, "too-large"),
    (UnknownColumnError, 400, "unknown-column"),
    (MissingBindingError, 400, "missing-binding"),
    (InvalidFieldError, 422, "invalid-field"),
    (QueryRefusedError, 422, "query-refused"),
    (ConnectorError, 502, "source-failed"),
    (UnreadableFileError, 400, "unreadable-file"),
    (LimitExceededError, 400, "limit-exceeded"),
    (UserInputError, 400, "bad-request"),
    (DiskFullError, 507, "disk-full"),
    (BusyError, 503, "busy"),
    (UnavailableError, 503, "unavailable"),
)
# Errors without a class: requests that middleware refuses, and a removed API.
CODES = {400: "bad-request", 401: "invalid-credential", 403: "not-allowed", 404: "not-found",
         410: "gone", 413: "too-large", 415: "multipart-body", 507: "disk-full"}  # fmt: skip


def status_and_code(error: GraphkeepError) -> tuple[int, str]:
    """Status and code of an error; an unlisted one means that a part of the server is unavailable."""
    lines = ((status, code) for kind, status, code in ERRORS if isinstance(error, kind))
    return next(lines, (503, "unavailable"))


def error_body(message: str, code: str) -> dict[str, Any]:
    """The body of every error. Clients read `message`, `detail` or `error`: all three are the same text."""
    return {"success": False, "message": message, "detail": message, "error": message, "code": code}


def error_response(
    status: int,
    message: str,
    *,
    code: str = "",
    headers: dict[str, str] | None = None,
    details: dict[str, Any] | None = None,
) -> JsonResponse:
    body = {**error_body(message, code or CODES[status]), **(details or {})}
    return JsonResponse(body, status=status, headers=headers)


def response_to(error: GraphkeepError, request: HttpRequest) -> JsonResponse:
    """The response to an error; a refusal is recorded here, where the refused command is rolled back."""
    status, code = status_and_code(error)
    if isinstance(error, NotAllowedError):
        actor = getattr(request, "graphkeep_actor", ANONYMOUS)
        audit.record("refused", actor=actor, target=request.path[:200], method=request.method)
    message = "Not found." if isinstance(error, NotFoundError) else error.message
    return error_response(
        status, message, code=code, headers=retry_headers(error), details=details_of(error)
    )


def details_of(error: GraphkeepError) -> dict[str, Any]:
    """What a program needs beside the message: the field, or the stage at which a source failed."""
    if isinstance(error, InvalidFieldError):
        return {"field": error.field}
    if isinstance(error, ConnectorError):
        details: dict[str, Any] = {"stage": error.stage, "advice": error.advice}
        if isinstance(error, QueryRefusedError) and error.position is not None:
            details["position"] = error.position
        return details
    return {}


def retry_headers(error: GraphkeepError) -> dict[str, str]:
    if isinstance(error, RateLimitedError):
        return {"Retry-After": str(error.retry_after_s)}
    return {"Retry-After": "5"} if isinstance(error, BusyError) else {}


async def send_error(
    send: Send, status: int, message: str, *, headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """Answer an ASGI request that goes no further."""
    body = json.dumps(error_body(message, CODES[status])).encode()
    body_headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    start = {"type": "http.response.start", "status": status, "headers": [*body_headers, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": body})
