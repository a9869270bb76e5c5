"""Signing up, in and out, and personal keys."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from graphkeep.accounts.models import User
from graphkeep.accounts.operations.keys import create_key, revoke_key
from graphkeep.accounts.operations.people import RegistrationClosedError, register_user
from graphkeep.accounts.operations.sign_in import TooManyFailuresError, sign_in
from graphkeep.accounts.queries import keys_of
from graphkeep.accounts.tokens import InvalidCredentialError, instance, issue_token
from graphkeep.api.identity import actor_of
from graphkeep.graph.errors import UserInputError
from graphkeep.server.pages.shells import page

BACKEND = "django.contrib.auth.backends.ModelBackend"


def next_address(request: HttpRequest) -> str:
    """Where to go after signing in: a page of this server, or the gallery."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    good = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if good else "/datasets/"


def signed_in(request: HttpRequest, user: User, after: str) -> HttpResponse:
    """Begin a browser's session; the API token rides along in a cookie that no script can read."""
    login(request, user, backend=BACKEND)
    response = redirect(after)
    response.set_cookie(
        settings.JWT_COOKIE_NAME,
        issue_token(user),
        max_age=settings.JWT_EXPIRATION_DELTA,
        httponly=True,
        secure=settings.COOKIE_SECURE,
        samesite=settings.COOKIE_SAMESITE,  # type: ignore[arg-type]
    )
    return response


@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    after = next_address(request)
    if request.user.is_authenticated:
        return redirect(after)
    said: dict[str, Any] = {"title": "Sign in", "next": after, "is_claimed": instance().is_claimed}
    if request.method == "GET":
        return page(request, "sign_in", **said)
    name = request.POST.get("username", "").strip()
    try:
        user = sign_in(name, request.POST.get("password", ""))
    except TooManyFailuresError as error:
        return page(request, "sign_in", status=429, error=error.message, username=name, **said)
    except InvalidCredentialError:
        text = "The user name or the password is not right."
        return page(request, "sign_in", status=400, error=text, username=name, **said)
    return signed_in(request, user, after)


@require_http_methods(["GET", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("/datasets/")
    said: dict[str, Any] = {"title": "Create an account", "is_first": not instance().is_claimed}
    if request.method == "GET":
        return page(request, "sign_up", **said)
    given = {key: request.POST.get(key, "").strip() for key in ("username", "email", "name")}
    try:
        if request.POST.get("password", "") != request.POST.get("password_again", ""):
            raise UserInputError("The two passwords differ.")
        user = register_user(password=request.POST.get("password", ""), **given)
    except RegistrationClosedError as error:
        return page(request, "sign_up", status=403, error=error.message, given=given, **said)
    except UserInputError as error:
        return page(request, "sign_up", status=400, error=error.message, given=given, **said)
    return signed_in(request, user, "/datasets/")


@require_http_methods(["GET", "POST"])
def sign_out_page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        logout(request)
        response = redirect("/accounts/login/")
        response.delete_cookie(settings.JWT_COOKIE_NAME)
        return response
    return page(request, "sign_out", title="Sign out")


@require_http_methods(["GET", "POST"])
def keys_page(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        return redirect("/accounts/login/?next=/users/personal/key/")
    said: dict[str, Any] = {"title": "Personal keys", "host": request.get_host()}
    if request.method == "POST":
        revoked = request.POST.get("revoke")
        if revoked:
            key = keys_of(user).filter(key_id=revoked).first()
            if key is not None:
                revoke_key(key, actor=actor_of(request))
            return redirect("/users/personal/key/")
        key, secret = create_key(user, actor=actor_of(request), name=request.POST.get("name", ""))
        said |= {"new_key": key, "new_secret": secret}
    return page(request, "keys", keys=keys_of(user), **said)
