"""Metrics as columns of a dataset's nodes, and the columns that color and size the nodes."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.authorize import authorize
from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import parse_body
from graphkeep.api.success_response import accepted
from graphkeep.api.v2.requests.layouts import EncodingRequest, MetricRequest
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.datasets.operations.appearance import set_node_encoding
from graphkeep.datasets.operations.metrics.metric_columns import add_metric, remove_metric
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.datasets.rules import may_edit


@endpoint(actors("read"), "GET")
def metric_list(request: HttpRequest) -> HttpResponse:
    """The metrics, and their options."""
    authenticated_actor(request)
    results = [metric.as_dict() for metric in METRICS.values()]
    return JsonResponse({"results": results, "metrics": results})  # `metrics` for one release


@endpoint(actors("edit"), "POST")
def metrics(request: HttpRequest, dataset_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    authorize(may_edit, actor, dataset)  # before the body is judged
    payload = MetricRequest.parse(parse_body(request))
    add_metric(dataset, payload.metric, actor=actor, column=payload.column, options=payload.options)
    return accepted()


@endpoint(actors("edit"), "DELETE")
def single_metric(request: HttpRequest, dataset_id: str, column: str) -> HttpResponse:
    actor = authenticated_actor(request)
    remove_metric(visible_dataset(actor, dataset_id), column, actor=actor)
    return HttpResponse(status=204)


@endpoint(actors("edit"), "POST")
def encodings(request: HttpRequest, dataset_id: str) -> HttpResponse:
    return change_encodings(request, dataset_id)


def change_encodings(request: HttpRequest, dataset_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    authorize(may_edit, actor, dataset)
    set_node_encoding(dataset, EncodingRequest.parse(parse_body(request)).columns, actor=actor)
    return accepted()


@endpoint(actors("edit"), "POST")
def looks(request: HttpRequest, dataset_id: str) -> HttpResponse:
    """The former name of `encodings`, for one release."""
    response = change_encodings(request, dataset_id)
    response["Deprecation"] = "true"
    response["Link"] = f'</api/v2/datasets/{dataset_id}/encodings/>; rel="successor-version"'
    return response


DATASET = r"^api/v2/datasets/(?P<dataset_id>[^/]+)"
urlpatterns: list[URLPattern] = [
    re_path(r"^api/v2/metrics/?$", metric_list),
    re_path(DATASET + r"/metrics/?$", metrics),
    re_path(DATASET + r"/metrics/(?P<column>[^/]+)/?$", single_metric),
    re_path(DATASET + r"/encodings/?$", encodings),
    re_path(DATASET + r"/looks/?$", looks),
]
