"""Pages that the workbench fills, and the pages of what is not there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from graphkeep.accounts.tokens import instance
from graphkeep.api.identity import actor_of
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.queries import datasets_visible_to
from graphkeep.graph.errors import GraphkeepError
from graphkeep.server.pages.assets import assets_of


def page(
    request: HttpRequest, name: str, *, entry: str = "account", status: int = 200, **context: Any
) -> HttpResponse:
    try:
        assets = assets_of(entry)
    except GraphkeepError as error:
        return HttpResponse(error.message, content_type="text/plain", status=503)
    said = {"assets": assets, "entry": entry, **context}
    return render(request, f"pages/{name}.html", said, status=status)


def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("/datasets/")
    return redirect("/accounts/login/" if instance().is_claimed else "/accounts/signup/")


def gallery(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("/accounts/login/?next=/datasets/")
    return page(request, "app", entry="gallery", title="Graphs")


def graph(request: HttpRequest) -> HttpResponse:
    """The viewer; a graph that is not the visitor's to see is as unknown as one that is not there."""
    dataset_id = request.GET.get("dataset", "")
    try:
        visible = datasets_visible_to(actor_of(request))
    except GraphkeepError:
        return not_found(request)
    dataset = visible.filter(dataset_id=dataset_id).first()
    if dataset is None:
        return not_found(request)
    title = dataset.name or "Graph"
    response = page(request, "app", entry="graph", title=title)
    is_public = dataset.privacy == Dataset.Privacy.PUBLIC
    response.framed_by = "*" if is_public else "'self'"  # type: ignore[attr-defined]
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        "message",
        status=404,
        title="Not found",
        heading="There is nothing here that you may see",
        text="The address may be wrong, or the graph is not shared with you.",
        offers_sign_in=not request.user.is_authenticated,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        "Something went wrong on the server; its log has the details.",
        content_type="text/plain",
        status=500,
    )
