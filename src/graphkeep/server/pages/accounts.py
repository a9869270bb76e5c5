"""Account pages: sign-up, invitation, profile, sessions, personal keys."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from graphkeep.accounts import audit, usage
from graphkeep.accounts.credentials.sessions import active_sessions
from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import EVERYDAY_SCOPES, SCOPES, User
from graphkeep.accounts.operations.bootstrap import (
    CodeNeededError,
    ConsoleOnlyError,
    needs_code,
)
from graphkeep.accounts.operations.invitations import (
    accept_invitation,
    open_invitation,
    register_invited,
)
from graphkeep.accounts.operations.keys import create_key, revoke_key
from graphkeep.accounts.operations.people import RegistrationClosedError, register_user
from graphkeep.accounts.operations.profile import change_profile
from graphkeep.accounts.operations.sessions import end_everything, end_session
from graphkeep.accounts.operations.single_use import redeem_single_use_token
from graphkeep.accounts.queries import keys_of
from graphkeep.api.identity import actor_of
from graphkeep.datasets.sharing.share import bind_invitations
from graphkeep.graph.errors import GraphkeepError, NotFoundError, UserInputError
from graphkeep.server.http.reauthentication import has_recently_authenticated, record_password
from graphkeep.server.pages.spa_pages import not_found, page

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


def user_of(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise NotFoundError
    return user


def start_session(request: HttpRequest, user: User) -> HttpResponse:
    """Start a browser session for a user who has just chosen their password, and redirect to the graphs."""
    login(request, user, backend=BACKEND)
    record_password(request)
    return redirect("/datasets/")


def new_account(request: HttpRequest) -> tuple[dict[str, str], str]:
    fields = {key: request.POST.get(key, "").strip() for key in ("username", "email", "name")}
    password = request.POST.get("password", "")
    if password != request.POST.get("password_again", ""):
        raise UserInputError("The two passwords differ.")
    if not fields["email"]:
        raise UserInputError("Give an e-mail address.")
    return fields, password


@require_http_methods(["GET", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("/datasets/")
    instance = get_instance()
    context: dict[str, Any] = {
        "title": "Create an account",
        "is_first": not instance.is_claimed,
        "needs_code": not instance.is_claimed and needs_code(instance),
        "given": request.POST,
    }
    if request.method == "GET":
        return page(request, "sign_up", **context)
    try:
        fields, password = new_account(request)
        user = register_user(password=password, code=request.POST.get("code", ""), **fields)
    except (RegistrationClosedError, CodeNeededError, ConsoleOnlyError) as error:
        return page(request, "sign_up", status=403, error=error.message, **context)
    except UserInputError as error:
        return page(request, "sign_up", status=400, error=error.message, **context)
    return start_session(request, user)


@require_http_methods(["GET", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: a new user creates an account, a signed-in user joins the organization."""
    try:
        invitation = open_invitation(token)
    except NotFoundError:
        return not_found(request)
    context: dict[str, Any] = {
        "title": "You are invited",
        "invitation": invitation,
        "given": request.POST or {"email": invitation.email},
    }
    if request.method == "GET":
        return page(request, "invitation", **context)
    try:
        if isinstance(request.user, User):
            accept_invitation(token, actor=actor_of(request))
            return redirect("/organizations/")
        fields, password = new_account(request)
        user = register_invited(token, password=password, **fields)
    except UserInputError as error:
        return page(request, "invitation", status=400, error=error.message, **context)
    except GraphkeepError as error:
        return page(request, "invitation", status=403, error=error.message, **context)
    if invitation.email:
        bind_invitations(user)
    return start_session(request, user)


def single_use_page(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in with a single-use token, and redirect to its dataset."""
    if request.method != "GET":  # HEAD, as previews of mails send it, must not use the token up
        return not_found(request)
    try:
        user, dataset_id = redeem_single_use_token(token)
    except NotFoundError:
        return not_found(request)
    login(request, user, backend=BACKEND)
    audit.record("sign-in.address-used", actor=actor_of(request), target=user, dataset=dataset_id)
    response = redirect(f"/graph/graph.html?dataset={dataset_id}")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_http_methods(["GET", "POST"])
def account_page(request: HttpRequest) -> HttpResponse:
    transfer = usage.usage_summary(user_of(request).pk)
    context: dict[str, Any] = {
        "title": "Your account",
        "section": "account",
        "downloads": {name: usage.format_bytes(size) for name, size in transfer.items()},
        "daily_limit": usage.format_bytes(settings.DOWNLOAD_PER_USER_DAY)
        if settings.DOWNLOAD_PER_USER_DAY
        else "",
    }
    if request.method == "POST":
        try:
            change_profile(
                user_of(request),
                actor=actor_of(request),
                name=request.POST.get("name", ""),
                email=request.POST.get("email", ""),
            )
        except UserInputError as error:
            return page(request, "account", status=400, error=error.message, **context)
        messages.success(request, "Saved.")
        return redirect("/accounts/")
    return page(request, "account", **context)


@require_http_methods(["GET", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.method == "POST":
        actor = actor_of(request)
        if request.POST.get("everything"):
            end_everything(user, actor=actor)
            return redirect("/accounts/login/")
        session = user.sessions.filter(public_id=request.POST.get("session", "")).first()
        if session is not None:
            end_session(session, actor=actor)
            messages.success(request, f"Signed out: {session.device}.")
        return redirect("/accounts/sessions/")
    session_id = request.session.get("public_id")
    context: dict[str, Any] = {"title": "Sessions", "section": "sessions", "own": session_id}
    return page(request, "sessions", sessions=active_sessions(user), **context)


@require_http_methods(["GET", "POST"])
def keys_page(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    context: dict[str, Any] = {
        "title": "Personal keys",
        "section": "keys",
        "host": request.get_host(),
        "scopes": {name: text for name, text in SCOPES.items() if may_offer(user, name)},
        "everyday": EVERYDAY_SCOPES,
        "most_days": settings.KEY_MAX_DAYS,
        "usual_days": min(90, settings.KEY_MAX_DAYS),
    }
    if request.method == "POST":
        revoked = request.POST.get("revoke")
        if revoked:
            key = keys_of(user).filter(key_id=revoked).first()
            if key is not None:
                revoke_key(key, actor=actor_of(request))
            return redirect("/users/personal/key/")
        scopes = request.POST.getlist("scopes")
        if "admin" in scopes and not has_recently_authenticated(request):
            return redirect("/accounts/reauthenticate/?next=/users/personal/key/")
        try:
            key, secret = create_key(
                user,
                actor=actor_of(request),
                name=request.POST.get("name", ""),
                scopes=scopes or EVERYDAY_SCOPES,
                days=days_of(request.POST.get("days") or context["usual_days"]),
                networks=request.POST.get("networks", "").replace(",", " ").split(),
                is_server_only=bool(request.POST.get("is_server_only")),
            )
        except GraphkeepError as error:
            return page(
                request, "keys", status=400, keys=keys_of(user), error=error.message, **context
            )
        context |= {"new_key": key, "new_secret": secret}
    return page(request, "keys", keys=keys_of(user), **context)


def may_offer(user: User, scope: str) -> bool:
    return scope != "admin" or user.role == User.Role.ADMIN


def days_of(text: Any) -> int:
    try:
        return int(text)
    except (TypeError, ValueError) as error:
        raise UserInputError("Days must be a whole number.") from error
