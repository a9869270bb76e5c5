"""Layouts: list them, and apply one to a graph."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import parse_body
from graphkeep.api.success_response import accepted
from graphkeep.api.v2.requests.layouts import LayoutRequest
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.datasets.layout.apply_layout import start_layout, start_undo
from graphkeep.datasets.layout.state import full_layout_state
from graphkeep.datasets.queries.visibility import visible_dataset


@endpoint(actors("read"), "GET")
def layouts(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"results": [layout.as_dict() for layout in LAYOUTS.values()]})


@endpoint(actors("edit", GET="read"), "GET", "POST")
def layout(request: HttpRequest, dataset_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    if request.method != "POST":
        return JsonResponse(full_layout_state(dataset))
    payload = LayoutRequest.parse(parse_body(request))
    job = start_layout(dataset, payload.layout, payload.options, actor=actor)
    return accepted(state=job.state)


@endpoint(actors("edit"), "POST")
def undo(request: HttpRequest, dataset_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    job = start_undo(visible_dataset(actor, dataset_id), actor=actor)
    return accepted(state=job.state)


urlpatterns: list[URLPattern] = [
    re_path(r"^api/v2/layouts/?$", layouts),
    re_path(r"^api/v2/datasets/(?P<dataset_id>[^/]+)/layout/?$", layout),
    re_path(r"^api/v2/datasets/(?P<dataset_id>[^/]+)/layout/undo/?$", undo),
]
