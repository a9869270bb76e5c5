"""Forward authentication: a reverse proxy asks, for each request to another application, who the user is.

An application on the same host name, at another port or path, shares the browser session. An application on a
sibling host name gets a cookie that is valid for forward authentication only, and ends with its browser session.
"""

import secrets
import time
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from graphkeep.accounts.actor import ALL_SCOPES, Actor
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.sessions import active_session
from graphkeep.accounts.credentials.tokens import decode_signed, signing_key
from graphkeep.accounts.models import BrowserSession, User
from graphkeep.accounts.queries import organizations_of
from graphkeep.api.identity import endpoint, is_unready
from graphkeep.api.policy import OPEN
from graphkeep.graph.errors import NotAllowedError, UserInputError
from graphkeep.server.pages.spa_pages import page
from graphkeep.site.runtime_settings import runtime_setting

ENTER = "/auth/enter"
COOKIE = "graphkeep_enter"
PURPOSE = "forward-auth"
COOKIE_AGE_S = 12 * 3600
ROLES = ("user", "admin")


@endpoint(OPEN, "GET")
def verify(request: HttpRequest) -> HttpResponseBase:
    """Answer 200 with identity headers; without a session 401, or a redirect to sign-in for pages.

    Raises:
        NotAllowedError: the application is not listed, or is for Admins only.
        UserInputError: the role is unknown.
        InvalidCredentialError: there is no valid session.
    """
    origin = forwarded_origin(request)
    if origin and not is_listed(origin):
        raise NotAllowedError(f"{origin} is not listed in FORWARD_AUTH_ORIGINS.")
    role = request.GET.get("role", "user")
    if role not in ROLES:
        raise UserInputError(f"role is one of {', '.join(ROLES)}, not {role}.")
    session = session_of(request)
    user = session.user if session is not None else None
    if session is None or user is None or not user.is_active_now or is_unready(user):
        if origin and wants_a_page(request):
            return redirect(sign_in_address(request, origin))
        raise InvalidCredentialError("Sign in first.")
    actor = Actor(
        user=user,
        credential_kind="session",
        credential_id=session.public_id,
        scopes=ALL_SCOPES,
        address=request.META.get("REMOTE_ADDR", ""),
    )
    request.graphkeep_actor = actor  # type: ignore[attr-defined]
    if role == "admin" and not actor.is_admin:
        raise NotAllowedError("This application is for Admins.")
    return HttpResponse(headers=identity(user))


def identity(user: User) -> dict[str, str]:
    slugs = organizations_of(user).values_list("slug", flat=True)
    return {
        "X-Graphkeep-User": user.username,
        "X-Graphkeep-Email": quote(user.email, safe="@+"),
        "X-Graphkeep-Role": user.role,
        "X-Graphkeep-Organizations": ",".join(sorted(slugs)),
    }


def enter(request: HttpRequest) -> HttpResponse:
    """Send a signed-in user on to the application in `next`, if it is listed; set its cookie if necessary."""
    next_url = request.GET.get("next", "")
    origin = listed_origin_of(next_url)
    if not origin:
        return page(
            request,
            "message",
            status=400,
            title="Not listed",
            heading="This server does not lead there",
            text="An administrator lists applications in FORWARD_AUTH_ORIGINS.",
        )
    response = page(
        request, "onward", title="Go on", after=next_url, application=urlsplit(origin).netloc
    )
    # A page with Refresh, not a redirect: form-action 'self' blocks redirects to another origin after a form.
    response.headers["Refresh"] = f"0; url={next_url}"
    host = urlsplit(origin).hostname or ""
    own_host = own_name()
    if host != own_host:
        response.set_cookie(
            COOKIE,
            proof(str(request.session.get("public_id", ""))),
            max_age=COOKIE_AGE_S,
            domain=common_name(own_host, host) or None,
            httponly=True,
            secure=settings.COOKIE_SECURE,
            samesite="Lax",
        )
    return response


def session_of(request: HttpRequest) -> BrowserSession | None:
    """The browser session, or the session of a forward authentication cookie.

    Authorization headers are ignored: they belong to the application.
    """
    if isinstance(request.user, User):
        return active_session(str(request.session.get("public_id", "")))
    cookie = request.COOKIES.get(COOKIE, "")
    if not cookie:
        return None
    try:
        claims = decode_signed(cookie, PURPOSE, options={"require": ["exp", "sid"]})
    except jwt.PyJWTError:
        return None
    return active_session(str(claims["sid"]))


def proof(session_id: str) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {
        "sid": session_id,
        "exp": now + COOKIE_AGE_S,
        "jti": secrets.token_hex(8),
    }
    return jwt.encode(claims, signing_key(PURPOSE), "HS256")


def forwarded_origin(request: HttpRequest) -> str:
    """Origin of the application that the proxy asks for; `ProxyHeaders` removes the header from untrusted clients."""
    host = request.headers.get("X-Forwarded-Host", "").strip().lower()
    return without_usual_port(f"{request.scheme}://{host}") if host else ""


def without_usual_port(origin: str) -> str:
    for scheme, port in (("https", ":443"), ("http", ":80")):
        if origin.startswith(f"{scheme}://"):
            return origin.removesuffix(port)
    return origin


def is_listed(origin: str) -> bool:
    return origin in {without_usual_port(listed) for listed in settings.FORWARD_AUTH_ORIGINS} | {
        own_origin()
    }


def listed_origin_of(address: str) -> str:
    """The listed origin that an absolute URL begins with, or an empty string.

    Origins are compared as text up to the third slash, so URL parsers cannot disagree about the host.
    """
    if not address.isascii() or not address.isprintable() or " " in address:
        return ""
    origin = "/".join(address.split("/", 3)[:3])
    return origin if is_listed(origin) and address.startswith(f"{origin}/") else ""


def own_origin() -> str:
    scheme = "https" if settings.COOKIE_SECURE else "http"
    domain: str = runtime_setting("SITE_DOMAIN")
    return without_usual_port(f"{scheme}://{domain}") if domain else ""


def own_name() -> str:
    return urlsplit(own_origin()).hostname or ""


def common_name(own: str, other: str) -> str:
    """The longest common parent domain of at least two labels, or empty; browsers refuse suffixes such as co.uk."""
    shared: list[str] = []
    for own_label, other_label in zip(
        reversed(own.split(".")), reversed(other.split(".")), strict=False
    ):
        if own_label != other_label:
            break
        shared.insert(0, own_label)
    return ".".join(shared) if len(shared) > 1 else ""


def wants_a_page(request: HttpRequest) -> bool:
    is_read = request.headers.get("X-Forwarded-Method", "GET").upper() in {"GET", "HEAD"}
    return is_read and "text/html" in request.headers.get("Accept", "")


def sign_in_address(request: HttpRequest, origin: str) -> str:
    path = request.headers.get("X-Forwarded-Uri", "/")
    next_url = origin + (path if path.startswith("/") else "/")
    return f"{own_origin()}{ENTER}?{urlencode({'next': next_url})}"
