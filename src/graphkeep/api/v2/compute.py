"""The two compute endpoints: graph queries, and Python where it is let in."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

from graphkeep.api.identity import endpoint, signed_in
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import body_of
from graphkeep.datasets.operations.remote_query import Computed, query_dataset, run_code
from graphkeep.datasets.queries.visibility import visible_dataset


@endpoint(actors("read"), "POST")
def gfql(request: HttpRequest, dataset_id: str, output_type: str | None = None) -> HttpResponse:
    actor = signed_in(request)
    dataset = visible_dataset(actor, dataset_id)
    said = body_of(request)
    # The oldest form says the format in its address.
    if "format" in request.GET and "format" not in said:
        said = {**said, "format": request.GET["format"]}
    return handed_over(query_dataset(dataset, said, output_type or "all", actor=actor))


@endpoint(actors("edit"), "POST")
def python(request: HttpRequest, dataset_id: str) -> HttpResponse:
    actor = signed_in(request)
    dataset = visible_dataset(actor, dataset_id)
    return handed_over(run_code(dataset, body_of(request), actor=actor))


def handed_over(computed: Computed) -> HttpResponse:
    """Bytes that a browser keeps and never shows: they are what somebody's code made."""
    return HttpResponse(
        computed.body,
        content_type=computed.media,
        headers={"Content-Disposition": "attachment", "Cache-Control": "no-store"},
    )


urlpatterns: list[URLPattern] = [
    re_path(
        r"^api/v2/etl/datasets/(?P<dataset_id>[^/]+)/gfql(?:/(?P<output_type>[a-z]+))?/?$", gfql
    ),
    re_path(r"^(?:api/v2/)?datasets/(?P<dataset_id>[^/]+)/gfql/?$", gfql),
    re_path(r"^api/v2/datasets/(?P<dataset_id>[^/]+)/python/?$", python),
]
