"""The actor of a request: an Authorization header wins, and cookies are then ignored."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.sign_in import needs_second_factor
from graphkeep.api.credentials import authenticate_request
from graphkeep.api.error_response import MethodNotAllowedError, response_to
from graphkeep.api.policy import Policy
from graphkeep.api.request_parsing import check_headers
from graphkeep.graph.errors import GraphkeepError, NotAllowedError

View = Callable[..., HttpResponseBase]


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor | None = getattr(request, "graphkeep_actor", None)
    if actor is None:
        actor = authenticate_request(request)
        request.graphkeep_actor = actor  # type: ignore[attr-defined]
    return actor


def authenticated_actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_authenticated:
        raise InvalidCredentialError("Authentication credentials were not provided.")
    return actor


def endpoint(policy: Policy, *methods: str) -> Callable[[View], View]:
    """A view of the API: its policy, errors as JSON, and a CSRF check if a cookie is the credential."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method == "OPTIONS":
                    return HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
                # A HEAD is a GET without its body, and must never reach a view that only writes.
                if (request.method or "").replace("HEAD", "GET") not in methods:
                    raise MethodNotAllowedError(request.method or "", methods)
                check_headers(request)
                check_access(request, policy)
                return view(request, *args, **kwargs)
            except GraphkeepError as error:
                return response_to(error, request)

        answer.policy = policy  # type: ignore[attr-defined]
        answer.answers_in_json = True  # type: ignore[attr-defined]
        return answer

    return decorate


def check_access(request: HttpRequest, policy: Policy) -> None:
    """Raises InvalidCredentialError for an anonymous actor, NotAllowedError for a missing scope."""
    if policy.access == "open":
        return
    actor = actor_of(request)
    if actor.credential_kind == "session":
        check_csrf(request)
        if not policy.before_ready and actor.user is not None and is_unready(actor.user):
            raise NotAllowedError("Choose a new password or set up a second factor first.")
    if policy.access != "object" and not actor.is_authenticated:
        raise InvalidCredentialError("Authentication credentials were not provided.")
    scope = policy.scope_for(request.method or "")
    if scope and scope not in actor.scopes:
        raise NotAllowedError(f"This credential may not do this: it lacks the scope '{scope}'.")


def is_unready(user: User) -> bool:
    return user.must_change_password or needs_second_factor(user)


def check_csrf(request: HttpRequest) -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    origin = request.headers.get("Origin")
    if origin is not None and host_of(origin) != request.get_host():
        raise NotAllowedError("This request comes from another site.")
    checker = _Csrf(lambda _: None)  # type: ignore[arg-type]
    checker.process_request(request)
    # The view is exempt from Django's own check; this one knows which credential was used.
    reason = checker.process_view(request, HttpResponse, (), {})
    if reason is not None:
        raise NotAllowedError(f"CSRF check failed: {reason}")


def host_of(origin: str) -> str:
    """Host and port of an `Origin` header; empty if it is not a URL."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
