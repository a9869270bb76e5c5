"""Access log: one line per request, if GRAPHKEEP_ACCESS_LOG is on."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from graphkeep.accounts.actor import Actor
from graphkeep.server.http.telemetry_middleware import record_transfer

logger = logging.getLogger("graphkeep.access")
Respond = Callable[[HttpRequest], HttpResponseBase]


def log_requests(respond: Respond) -> Respond:
    def answer(request: HttpRequest) -> HttpResponseBase:
        started_at = time.monotonic()
        response = respond(request)
        actor: Actor | None = getattr(request, "graphkeep_actor", None)
        record_transfer(getattr(request, "scope", {}), pk_of(actor, request))
        if settings.ACCESS_LOG:
            logger.info(
                "%s %s %d %d ms %s %s",
                request.method,
                address_of(request),
                response.status_code,
                round((time.monotonic() - started_at) * 1000),
                actor_name(request),
                request.META.get("REMOTE_ADDR", ""),
            )
        return response

    return answer


def address_of(request: HttpRequest) -> str:
    """The route instead of the path, so that no ids, tokens or line breaks reach the log."""
    match = request.resolver_match
    return "/" + match.route.strip("^$") if match is not None else "(no route)"


def pk_of(actor: Actor | None, request: HttpRequest) -> int | None:
    """Primary key of the user whose transfer the response counts towards, or None."""
    # Only a user that is already loaded: a page that needs no user must not query for one.
    user = actor.user if actor is not None else getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)


def actor_name(request: HttpRequest) -> str:
    actor: Actor | None = getattr(request, "graphkeep_actor", None)
    if actor is not None:
        return str(actor)
    return getattr(getattr(request, "user", None), "username", "") or "none"
