"""Datasets: created and uploaded to below `/api/v2/upload/datasets/`, listed and changed below `/api/v2/datasets/`."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.models import User
from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import listing, pagination, parse_body, uploaded_body
from graphkeep.api.v2.files import options_of
from graphkeep.api.v2.requests.datasets import DatasetRequest
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.dataset_commands import (
    TableRole,
    attach_data,
    change_dataset,
    create_dataset,
)
from graphkeep.datasets.operations.delete import delete_dataset
from graphkeep.datasets.queries.visibility import datasets_listed_for, visible_dataset
from graphkeep.datasets.sharing.share import visibility_summary
from graphkeep.graph.errors import UserInputError

TABS = ("all", "mine", "organization", "shared")
ORDERS = {
    "name": "name",
    "-name": "-name",
    "created_at": "created_at",
    "-created_at": "-created_at",
    "updated_at": "updated_at",
    "-updated_at": "-updated_at",
    "edge_count": "edge_count",
    "-edge_count": "-edge_count",
}


INTERNAL = {"source_files", "reading"}  # of `extras`: what `fetch again` needs


def dataset_row(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset_id": dataset.dataset_id,
        "name": dataset.name,
        "description": dataset.description,
        "author": dataset.owner_id,
        "owner": dataset.owner.username,
        "org_name": dataset.organization.slug,
        "privacy": dataset.privacy,
        "who": visibility_summary(dataset),
        "node_count": dataset.node_count,
        "edge_count": dataset.edge_count,
        "node_files": dataset.node_files,
        "edge_files": dataset.edge_files,
        "node_encodings": dataset.node_encodings,
        "edge_encodings": dataset.edge_encodings,
        "metadata": dataset.metadata,
        "agent_name": dataset.metadata.get("agent", ""),
        "agent_version": dataset.metadata.get("agentversion", ""),
        "uri_tag": dataset.metadata.get("usertag", ""),
        "image": f"/api/view/{dataset.dataset_id}/thumbnail.png",
        "version": dataset.version,
        "created_at": dataset.created_at,
        "updated_at": dataset.updated_at,
        **{name: value for name, value in dataset.extras.items() if name not in INTERNAL},
    }


@endpoint(actors("upload"), "POST")
def create(request: HttpRequest) -> HttpResponse:
    actor = authenticated_actor(request)
    payload = DatasetRequest.parse(parse_body(request))
    if payload.fields.metadata is None:
        raise UserInputError("metadata is missing: send an object, which may be empty.")
    dataset = create_dataset(payload.fields, actor=actor, org_name=payload.org_name)
    return JsonResponse(
        {"success": True, "message": "Dataset created", "data": dataset_row(dataset)}, status=201
    )


@endpoint(actors("upload"), "POST")
def attach(request: HttpRequest, dataset_id: str, table: TableRole, file_type: str) -> HttpResponse:
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    file = attach_data(
        dataset,
        table=table,
        file_type=file_type,
        body=uploaded_body(request),
        actor=actor,
        content_encoding=request.headers.get("Content-Encoding", ""),
        parser_options=options_of(request),
    )
    data = {
        "dataset_id": dataset.dataset_id,
        "num_rows": file.tables[0]["num_rows"],
        "repairs": file.repairs,
    }
    return JsonResponse({"success": True, "message": f"The {table} are stored", "data": data})


@endpoint(actors("read"), "GET")
def configuration(request: HttpRequest, dataset_id: str) -> HttpResponse:
    dataset = visible_dataset(authenticated_actor(request), dataset_id)
    return JsonResponse({"success": True, "data": dataset_row(dataset)})


@endpoint(actors("read"), "GET")
def datasets(request: HttpRequest) -> HttpResponse:
    actor = authenticated_actor(request)
    limit, offset = pagination(request)
    order = request.GET.get("order", "-created_at")
    if order not in ORDERS:
        raise UserInputError(f"order '{order}' is not one of {', '.join(ORDERS)}.")
    user = actor.user
    tab = request.GET.get("tab", "all")
    if tab not in TABS:
        raise UserInputError(f"tab '{tab}' is not one of {', '.join(TABS)}.")
    rows = datasets_listed_for(user, tab) if isinstance(user, User) else Dataset.objects.none()
    search = request.GET.get("search", "").strip()[:200]
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(description__icontains=search))
    rows = rows.select_related("owner", "organization").order_by(ORDERS[order], "-pk")
    results = [
        {**dataset_row(dataset), "is_mine": dataset.owner_id == getattr(user, "pk", None)}
        for dataset in rows[offset : offset + limit]
    ]
    return JsonResponse(listing(request, rows.count(), results, limit, offset))


@endpoint(actors("edit", GET="read"), "GET", "PATCH", "DELETE")
def single_dataset(request: HttpRequest, dataset_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    if request.method == "DELETE":
        delete_dataset(dataset, actor=actor)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        payload = DatasetRequest.parse(parse_body(request))
        dataset = change_dataset(dataset, payload.fields, actor=actor)
    return JsonResponse(dataset_row(dataset))


urlpatterns: list[URLPattern] = [
    re_path(r"^api/v2/upload/datasets/?$", create),
    re_path(
        r"^api/v2/upload/datasets/(?P<dataset_id>[^/]+)/"
        r"(?P<table>edges|nodes)/(?P<file_type>[a-z]+)/?$",
        attach,
    ),
    re_path(r"^api/v2/upload/datasets/(?P<dataset_id>[^/]+)/?$", configuration),
    re_path(r"^api/v2/datasets/?$", datasets),
    re_path(r"^api/v2/datasets/(?P<dataset_id>[^/]+)/?$", single_dataset),
]
