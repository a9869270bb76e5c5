"""Other applications behind this server's sign-in: a proxy asks, for each of their requests, who it is.

An application on the same name, on another port or path, shares the browser's session. One on a neighbouring
name gets a cookie that is good for this question alone, and dies with the session that it came from.
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
    """200 with headers that tell who it is; otherwise 401, or the way to sign in for a page of a listed application."""
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
    """Who is signed in goes on to the application that they came for; to a listed one only."""
    after = request.GET.get("next", "")
    origin = listed_origin_of(after)
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
        request, "onward", title="Go on", after=after, application=urlsplit(origin).netloc
    )
    # By a page and not by a redirect: browsers refuse redirects to another origin after a form was sent.
    response.headers["Refresh"] = f"0; url={after}"
    host = urlsplit(origin).hostname or ""
    own = own_name()
    if host != own:
        response.set_cookie(
            COOKIE,
            proof(str(request.session.get("public_id", ""))),
            max_age=COOKIE_AGE_S,
            domain=common_name(own, host) or None,
            httponly=True,
            secure=settings.COOKIE_SECURE,
            samesite="Lax",
        )
    return response


def session_of(request: HttpRequest) -> BrowserSession | None:
    """The browser's own session, or the one that a neighbour's cookie came from. An Authorization header is
    the application's affair and is not looked at.
    """
    if isinstance(request.user, User):
        return active_session(str(request.session.get("public_id", "")))
    held = request.COOKIES.get(COOKIE, "")
    if not held:
        return None
    try:
        claims = decode_signed(held, PURPOSE, options={"require": ["exp", "sid"]})
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
    """The application that a trusted proxy asks for; the edge lets nobody else's word come so far."""
    host = request.headers.get("X-Forwarded-Host", "").strip().lower()
    return without_usual_port(f"{request.scheme}://{host}") if host else ""


def without_usual_port(origin: str) -> str:
    for scheme, port in (("https", ":443"), ("http", ":80")):
        if origin.startswith(f"{scheme}://"):
            return origin.removesuffix(port)
    return origin


def is_listed(origin: str) -> bool:
    return origin in {without_usual_port(one) for one in settings.FORWARD_AUTH_ORIGINS} | {
        own_origin()
    }


def listed_origin_of(address: str) -> str:
    """The listed origin that an absolute address begins with. Compared as text, up to the slash: there is nothing
    to parse, so there are no two ways of reading it.
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
    """What both names end in, of two labels or more; browsers refuse what is nobody's own, such as co.uk."""
    shared: list[str] = []
    for one, two in zip(reversed(own.split(".")), reversed(other.split(".")), strict=False):
        if one != two:
            break
        shared.insert(0, one)
    return ".".join(shared) if len(shared) > 1 else ""


def wants_a_page(request: HttpRequest) -> bool:
    is_read = request.headers.get("X-Forwarded-Method", "GET").upper() in {"GET", "HEAD"}
    return is_read and "text/html" in request.headers.get("Accept", "")


def sign_in_address(request: HttpRequest, origin: str) -> str:
    path = request.headers.get("X-Forwarded-Uri", "/")
    after = origin + (path if path.startswith("/") else "/")
    return f"{own_origin()}{ENTER}?{urlencode({'next': after})}"
