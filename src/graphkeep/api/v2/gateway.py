"""Gateway routes for another site's server: sign a user out, or create a URL that signs them in once."""

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.sessions import end_sessions
from graphkeep.accounts.operations.single_use import create_single_use_token
from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.graph.errors import NotAllowedError, NotFoundError, UserInputError

DATASET_ID = re.compile(r"[0-9a-f]{32}")


@endpoint(actors("admin"), "GET")
def log_out_user(request: HttpRequest, username: str) -> HttpResponse:
    actor = admin_of(request)
    end_sessions(user_named(username), actor=actor)
    return JsonResponse({"status": "OK"})


@endpoint(actors("admin"), "GET")
def single_use_address(request: HttpRequest) -> HttpResponse:
    actor = admin_of(request)
    dataset_id = request.GET.get("dataset_id", "")
    if not DATASET_ID.fullmatch(dataset_id):
        raise UserInputError("dataset_id is missing, or no dataset's id.")
    user = user_named(request.GET.get("username", ""))
    token = create_single_use_token(user, actor=actor, dataset_id=dataset_id)
    address = request.build_absolute_uri(f"/accounts/single-use/{token}/")
    response = JsonResponse({"status": "OK", "data": {"url": address}, "url": address})
    response["Cache-Control"] = "no-store"
    return response


def admin_of(request: HttpRequest) -> Actor:
    """The Admin of the request's key: a page cannot make a browser send a key, as it can a cookie.

    Raises:
        NotAllowedError: the actor is no Admin, or the request uses a browser session.
    """
    actor = authenticated_actor(request)
    if not actor.is_admin or actor.credential_kind == "session":
        raise NotAllowedError("This needs an Admin's personal key with the scope 'admin'.")
    return actor


def user_named(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFoundError
    return user


urlpatterns: list[URLPattern] = [
    re_path(r"^api/v2/logout-user/username/(?P<username>[^/]+)/?$", log_out_user),
    re_path(r"^api/v2/generate/single-use-url/?$", single_use_address),
]
