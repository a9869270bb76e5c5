"""The credentials of a request, as ASGI and as Django see it, and the actor that both share."""

from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authentication import Credentials, authenticate
from graphkeep.accounts.credentials.sessions import SessionStore
from graphkeep.accounts.models import User
from graphkeep.accounts.rights_version import read_version

Scope = dict[str, Any]
AUTHENTICATED = "graphkeep.authenticated"


@dataclass(frozen=True, kw_only=True)
class Authenticated:
    """An actor, and the rights version as of just before the actor was read."""

    actor: Actor
    rights_version: int


def authenticate_scope(scope: Scope) -> Actor:
    """Authenticate an ASGI request, and remember the actor in its scope for `authenticate_request`.

    Raises:
        InvalidCredentialError: the credential is wrong, revoked or expired.
        NotAllowedError: it may not be used from this address or from a web page.
    """
    version = read_version()
    actor = authenticate(credentials_of_scope(scope))
    scope[AUTHENTICATED] = Authenticated(actor=actor, rights_version=version)
    return actor


def authenticate_request(request: HttpRequest) -> Actor:
    """The actor of a Django request: the one of its ASGI scope, unless a right was revoked since.

    Raises:
        InvalidCredentialError: the credential is wrong, revoked or expired.
        NotAllowedError: it may not be used from this address or from a web page.
    """
    authenticated: Authenticated | None = getattr(request, "scope", {}).get(AUTHENTICATED)
    if authenticated is not None and authenticated.rights_version == read_version():
        return authenticated.actor
    return authenticate(credentials_of_request(request))


def credentials_of_request(request: HttpRequest) -> Credentials:
    user = request.user if isinstance(request.user, User) else None
    return Credentials(
        authorization=request.headers.get("Authorization", ""),
        session_user=user,
        session_id=str(request.session.get("public_id", "")) if user else "",
        cookie_token=request.COOKIES.get(settings.JWT_COOKIE_NAME, ""),
        address=request.META.get("REMOTE_ADDR", ""),
        is_page="Origin" in request.headers or "Sec-Fetch-Site" in request.headers,
        embed_origin=request.headers.get("X-Embed-Origin", ""),
    )


def credentials_of_scope(scope: Scope) -> Credentials:
    """The credentials of an ASGI request, before Django sees it."""
    client = scope.get("client") or ("", 0)
    credentials = Credentials(
        authorization=header(scope, b"authorization"),
        address=client[0],
        is_page=bool(header(scope, b"origin") or header(scope, b"sec-fetch-site")),
    )
    try:
        cookies = SimpleCookie(header(scope, b"cookie"))
    except CookieError:
        return credentials
    token = cookies.get(settings.JWT_COOKIE_NAME)
    session = cookies.get(settings.SESSION_COOKIE_NAME)
    if session is None:
        return replace(credentials, cookie_token=token.value if token else "")
    request = HttpRequest()
    request.session = SessionStore(session.value)
    user = get_user(request)
    if not isinstance(user, User):
        return credentials
    session_id = str(request.session.get("public_id", ""))
    return replace(credentials, session_user=user, session_id=session_id)


def header_lines(scope: Scope, name: bytes) -> list[str]:
    """Every line of a header: a proxy may add a line of its own below the client's."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def header(scope: Scope, name: bytes) -> str:
    """The first line of a header, or an empty string."""
    return next(iter(header_lines(scope, name)), "")
