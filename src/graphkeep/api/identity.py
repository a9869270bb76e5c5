"""Who asks this request: a Bearer header wins, and cookies are then ignored."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.credentials import actor_from_headers, user_of_cookie
from graphkeep.accounts.models import User
from graphkeep.accounts.tokens import InvalidCredentialError
from graphkeep.api.errors import answer_for
from graphkeep.graph.errors import GraphkeepError, NotAllowedError

View = Callable[..., HttpResponseBase]


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def actor_of(request: HttpRequest) -> Actor:
    known: Actor | None = getattr(request, "graphkeep_actor", None)
    if known is None:
        session_user = request.user if isinstance(request.user, User) else None
        if session_user is None:
            session_user = user_of_cookie(request.COOKIES.get(settings.JWT_COOKIE_NAME))
        known = actor_from_headers(request.headers.get("Authorization"), session_user=session_user)
        request.graphkeep_actor = known  # type: ignore[attr-defined]
    return known


def signed_in(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_authenticated:
        raise InvalidCredentialError("Authentication credentials were not provided.")
    return actor


def endpoint(*methods: str) -> Callable[[View], View]:
    """A view of the API: errors as JSON, and a CSRF check where a cookie is the credential."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method not in (*methods, "HEAD", "OPTIONS"):
                    raise MethodNotAllowedError(request.method or "", methods)
                actor = actor_of(request)
                if actor.credential_kind == "session":
                    check_csrf(request)
                return view(request, *args, **kwargs)
            except GraphkeepError as error:
                return answer_for(error, request)

        return answer

    return decorate


def check_csrf(request: HttpRequest) -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.get_host():
        raise NotAllowedError("This request comes from another site.")
    checker = _Csrf(lambda _: None)  # type: ignore[arg-type]
    checker.process_request(request)
    # The view is exempt from Django's own check; this one knows which credential was used.
    reason = checker.process_view(request, HttpResponse, (), {})
    if reason is not None:
        raise NotAllowedError(f"CSRF check failed: {reason}")


class MethodNotAllowedError(GraphkeepError):
    def __init__(self, method: str, methods: tuple[str, ...]) -> None:
        super().__init__(f"{method} is not allowed here; use {' or '.join(methods)}.")
