"""The error tree as HTTP, once; refusals are recorded here, because the refused deed was rolled back."""

from django.http import HttpRequest, JsonResponse

from graphkeep.accounts import audit
from graphkeep.accounts.actor import ANONYMOUS
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.rate_limit import RateLimitedError
from graphkeep.accounts.usage import DownloadQuotaError
from graphkeep.graph.errors import (
    BusyError,
    DiskFullError,
    GraphkeepError,
    NotAllowedError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
    UserInputError,
)

STATUS: tuple[tuple[type[GraphkeepError], int], ...] = (
    (RateLimitedError, 429),
    (DownloadQuotaError, 429),
    (InvalidCredentialError, 401),
    (NotFoundError, 404),
    (NotAllowedError, 403),
    (TooLargeError, 413),
    (UserInputError, 400),
    (DiskFullError, 507),
    (UnavailableError, 503),
)


def status_of(error: GraphkeepError) -> int:
    return next((status for kind, status in STATUS if isinstance(error, kind)), 405)


def answer_for(error: GraphkeepError, request: HttpRequest) -> JsonResponse:
    status = status_of(error)
    if isinstance(error, NotAllowedError):
        actor = getattr(request, "graphkeep_actor", ANONYMOUS)
        audit.record("refused", actor=actor, target=request.path[:200], method=request.method)
    text = "Not found." if isinstance(error, NotFoundError) else error.message
    headers = None
    if isinstance(error, BusyError):
        headers = {"Retry-After": "5"}
    elif isinstance(error, RateLimitedError):
        headers = {"Retry-After": str(error.retry_after_s)}
    return JsonResponse(
        {"success": False, "message": text, "detail": text, "error": text},
        status=status,
        headers=headers,
    )
