"""Pages that the workbench renders, and the error pages."""

import sys
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject

from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import User
from graphkeep.api.error_response import error_response, response_to
from graphkeep.api.identity import actor_of
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.queries.visibility import datasets_visible_to
from graphkeep.graph.errors import DiskFullError, GraphkeepError
from graphkeep.server.config.setting_values import parse_origins
from graphkeep.server.pages.assets import Assets, assets_of
from graphkeep.site.mail import can_send_mail
from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.store.disk_space import TEXT, is_full


def page(
    request: HttpRequest, name: str, *, entry: str = "account", status: int = 200, **context: Any
) -> HttpResponse:
    try:
        assets = assets_of(entry)
    except GraphkeepError as error:
        return HttpResponse(error.message, content_type="text/plain", status=503)
    context_values = {"assets": assets, "entry": entry, **context}
    return render(request, f"pages/{name}.html", context_values, status=status)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: variables of every template, including those of libraries."""

    def account_assets() -> Assets | None:
        try:
            return assets_of("account")
        except GraphkeepError:
            return None

    user = getattr(request, "user", None)
    return {
        "assets": SimpleLazyObject(account_assets),
        "entry": "account",
        "is_claimed": SimpleLazyObject(lambda: get_instance().is_claimed),
        "can_send_mail": SimpleLazyObject(can_send_mail),
        "can_sign_up": SimpleLazyObject(lambda: runtime_setting("IS_SIGNUPS_OPEN_AFTER_FIRST")),
        "is_admin": isinstance(user, User) and user.role == User.Role.ADMIN,
    }


def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("/datasets/")
    return redirect("/accounts/login/" if get_instance().is_claimed else "/accounts/signup/")


def gallery(request: HttpRequest) -> HttpResponse:
    return page(request, "app", entry="gallery", title="Graphs")


def graph(request: HttpRequest) -> HttpResponse:
    """The viewer; a graph that the visitor may not see gives the same 404 as one that does not exist."""
    dataset_id = request.GET.get("dataset", "")
    try:
        visible = datasets_visible_to(actor_of(request))
    except GraphkeepError:
        return not_found(request)
    dataset = visible.filter(dataset_id=dataset_id).first()
    if dataset is None:
        return not_found(request)
    response = page(request, "app", entry="graph", title=dataset.name or "Graph")
    response.framed_by = framed_by(dataset)  # type: ignore[attr-defined]
    return response


def framed_by(dataset: Dataset) -> str:
    """The frame-ancestors sources of a graph.

    Any site for a public graph, unless EMBED_PUBLIC is off; otherwise this server, and EMBED_ORIGINS if cookies are
    sent cross-site.
    """
    if dataset.privacy == Dataset.Privacy.PUBLIC:
        return "*" if runtime_setting("EMBED_PUBLIC") else "'self'"
    if settings.COOKIE_SECURE and settings.COOKIE_SAMESITE == "None":
        return " ".join(["'self'", *runtime_setting("EMBED_ORIGINS")])
    return "'self'"


def shared(request: HttpRequest) -> HttpResponse:
    """A shared graph; the link's token is in the URL fragment, so it reaches no log and no other site."""
    return page(request, "app", entry="graph", title="Shared graph")


def embedded(request: HttpRequest) -> HttpResponse:
    """An embedded graph: a page without data, in a frame of one site of EMBED_ORIGINS, which passes the token."""
    try:
        origins = parse_origins(request.GET.get("origin", ""))
    except ValueError:
        origins = []
    if len(origins) != 1 or origins[0] not in runtime_setting("EMBED_ORIGINS"):
        response = page(
            request,
            "message",
            status=403,
            title="Not embedded",
            heading="This site may not show graphs of this server",
            text="An Admin adds its origin to EMBED_ORIGINS: Admin portal, Settings, Config.",
        )
        response.framed_by = "*"  # type: ignore[attr-defined]  # the page holds nothing but the instruction
        return response
    response = page(request, "app", entry="graph", title="Graph", origin=origins[0])
    response.framed_by = origins[0]  # type: ignore[attr-defined]
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path.startswith("/api"):
        return error_response(404, "Not found.")
    return page(
        request,
        "message",
        status=404,
        title="Not found",
        heading="This page does not exist, or you have no access to it",
        text="The address may be wrong, or the graph is not shared with you.",
        offers_sign_in=not request.user.is_authenticated,
        offers_gallery=request.user.is_authenticated,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    if is_full(sys.exc_info()[1]):
        if request.path.startswith("/api"):
            return response_to(DiskFullError(TEXT), request)
        return HttpResponse(TEXT, content_type="text/plain", status=507)
    return HttpResponse(
        "Something went wrong on the server; its log has the details.",
        content_type="text/plain",
        status=500,
    )
