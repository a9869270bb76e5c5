"""The two compute endpoints: graph queries, and Python where it is enabled."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import parse_body
from graphkeep.api.v2.requests.queries import CodeRequest, QueryRequest
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.datasets.remote.result import Computed
from graphkeep.datasets.remote.run import (
    check_code_gates,
    check_query_gates,
    persist_query,
    query_dataset,
    query_limits,
    run_code,
)


@endpoint(actors("read"), "POST")
def gfql(request: HttpRequest, dataset_id: str, output_type: str | None = None) -> HttpResponse:
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    check_query_gates(actor)
    body = parse_body(request)
    # The oldest form has the format in its address.
    if "format" in request.GET and "format" not in body:
        body = {**body, "format": request.GET["format"]}
    payload = QueryRequest.parse(body, output_type=output_type or "all", limits=query_limits())
    if payload.is_persisted:
        result = persist_query(
            dataset,
            payload.query,
            payload.result,
            actor=actor,
            strictness=payload.strictness,
            privacy=payload.privacy,
        )
    else:
        result = query_dataset(
            dataset, payload.query, payload.result, actor=actor, strictness=payload.strictness
        )
    return as_attachment(result)


@endpoint(actors("edit"), "POST")
def python(request: HttpRequest, dataset_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    check_code_gates(actor)
    payload = CodeRequest.parse(parse_body(request))
    return as_attachment(run_code(dataset, payload.code, actor=actor, label=payload.label))


def as_attachment(computed: Computed) -> HttpResponse:
    """A download that a browser never renders: its content comes from a user's code."""
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
