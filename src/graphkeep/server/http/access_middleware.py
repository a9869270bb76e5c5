"""Access policies, checked before each view: a route without a policy answers 404.

`api.identity.endpoint` checks the policies of the API and refuses with JSON; this middleware checks those of pages
and redirects to the page that resolves the refusal, such as the sign-in page.
"""

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import jwt
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from graphkeep.accounts import audit
from graphkeep.accounts.actor import ANONYMOUS
from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.sign_in import needs_second_factor
from graphkeep.api.identity import actor_of
from graphkeep.api.policy import Policy, policy_of
from graphkeep.graph.errors import GraphkeepError
from graphkeep.server.http.reauthentication import has_recently_authenticated

logger = logging.getLogger(__name__)
SIGN_IN = "/accounts/login/"
SIGN_OUT = "/accounts/logout/"
REAUTHENTICATE = "/accounts/reauthenticate/"
CREDENTIAL_CHANGE = "/accounts/password/change/"
SECOND_FACTOR = "/accounts/2fa/"


class AccessMiddleware:
    sync_capable = True
    async_capable = False

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        refresh_token_cookie(request, response)
        if request.path.startswith(SIGN_OUT) and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        policy = policy_of(view)
        if policy is None:
            logger.error("%s has no access policy; the request is refused", request.resolver_match)
            raise Http404
        request.policy = policy  # type: ignore[attr-defined]
        if policy.access in {"browser", "portal"}:
            return self.check_page_access(request, policy)
        if policy.access == "object" and not hasattr(view, "answers_in_json"):
            return check_object_access(request, policy)
        return None

    def check_page_access(self, request: HttpRequest, policy: Policy) -> HttpResponseBase | None:
        user = request.user
        if not isinstance(user, User) or not user.is_active_now:
            return redirect_with_next(SIGN_IN, request)
        if not policy.before_ready:
            if user.must_change_password:
                return redirect(CREDENTIAL_CHANGE)
            if needs_second_factor(user):
                return redirect(SECOND_FACTOR)
        if policy.access == "portal":
            actor = actor_of(request)
            if not actor.is_admin:
                audit.record(
                    "refused", actor=actor, target=request.path[:200], method=request.method
                )
                raise Http404
            if not has_recently_authenticated(request):
                return redirect_with_next(REAUTHENTICATE, request)
        return None


def check_object_access(request: HttpRequest, policy: Policy) -> HttpResponseBase | None:
    try:
        scopes = actor_of(request).scopes
    except GraphkeepError as error:
        raise Http404 from error
    if policy.scope_for(request.method or "") not in scopes:
        raise Http404
    return None


def redirect_with_next(where: str, request: HttpRequest) -> HttpResponse:
    next_path = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    return redirect(f"{where}?{urlencode({'next': next_path})}")


def refresh_token_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Renew the page's API token cookie while its session is valid, and delete it otherwise."""
    policy: Policy | None = getattr(request, "policy", None)
    if policy is None or policy.access == "actor" or request.path.startswith(("/api", "/auth/")):
        return
    name = settings.JWT_COOKIE_NAME
    cookie = request.COOKIES.get(name, "")
    user = getattr(request, "user", ANONYMOUS)
    session_id = request.session.get("public_id", "")
    if not isinstance(user, User) or not session_id:
        if cookie:
            response.delete_cookie(name, samesite=settings.COOKIE_SAMESITE)  # type: ignore[arg-type]
        return
    if is_fresh(cookie, session_id):
        return
    response.set_cookie(
        name,
        issue_token(user, session_id=session_id),
        max_age=settings.JWT_EXPIRATION_DELTA,
        httponly=True,
        secure=settings.COOKIE_SECURE,
        samesite=settings.COOKIE_SAMESITE,  # type: ignore[arg-type]
    )


def is_fresh(held: str, session_id: str) -> bool:
    """Whether the token belongs to this session and has more than half of its lifetime left.

    The signature is not checked: a forged token only delays the renewal of the forger's own cookie.
    """
    try:
        claims = jwt.decode(held, options={"verify_signature": False})
    except (jwt.PyJWTError, RecursionError):
        return False
    remaining_s = float(claims.get("exp", 0)) - time.time()
    return claims.get("sid") == session_id and remaining_s > settings.JWT_EXPIRATION_DELTA / 2
