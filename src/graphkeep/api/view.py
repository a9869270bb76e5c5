"""What the page reads: `/api/view/ID/…`, each narrowed to who may see the dataset."""

import json
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.usage import check_download_quota
from graphkeep.api.identity import actor_of, endpoint
from graphkeep.api.policy import OBJECT
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.state import pack_layout
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.prepare import ensure_prepared
from graphkeep.datasets.queries import rows as reading
from graphkeep.datasets.queries.view_state import view_payload, view_state
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.graph.errors import NotFoundError, UserInputError
from graphkeep.view.json_values import browser_value
from graphkeep.view.pack import pack

MOST_ROWS = 200
BINARY = "application/octet-stream"


def seen(request: HttpRequest, dataset_id: str) -> Dataset:
    return visible_dataset(actor_of(request), dataset_id)


def ready(request: HttpRequest, dataset_id: str) -> Dataset:
    dataset = seen(request, dataset_id)
    check_download_quota(actor_of(request))
    if not dataset.is_prepared:
        raise NotFoundError
    return dataset


@endpoint(OBJECT, "GET")
def state(request: HttpRequest, dataset_id: str) -> HttpResponse:
    dataset = seen(request, dataset_id)
    ensure_prepared(dataset)
    return JsonResponse(view_state(dataset, actor_of(request)))


@endpoint(OBJECT, "GET")
def columns(request: HttpRequest, dataset_id: str) -> HttpResponse:
    return HttpResponse(view_payload(ready(request, dataset_id)), content_type=BINARY)


@endpoint(OBJECT, "GET")
def layout(request: HttpRequest, dataset_id: str) -> HttpResponse:
    return HttpResponse(pack_layout(ready(request, dataset_id)), content_type=BINARY)


@endpoint(OBJECT, "GET")
def histogram(request: HttpRequest, dataset_id: str) -> HttpResponse:
    dataset = ready(request, dataset_id)
    result = reading.histogram_of(dataset, table_name(request), request.GET.get("column", ""))
    header = {"kind": result.kind, "labels": list(result.labels), "edges": list(result.edges)}
    arrays = {"codes": result.codes, "counts": np.asarray(result.counts, np.uint32)}
    return HttpResponse(pack(header, arrays), content_type=BINARY)


@endpoint(OBJECT, "GET")
def rows(request: HttpRequest, dataset_id: str) -> HttpResponse:
    dataset = ready(request, dataset_id)
    numbers = row_numbers(request)
    return json_of(reading.rows_of(dataset, table_name(request), numbers))


@endpoint(OBJECT, "GET")
def search(request: HttpRequest, dataset_id: str) -> HttpResponse:
    dataset = ready(request, dataset_id)
    return json_of({"hits": reading.search_nodes(dataset, request.GET.get("q", "")[:200])})


@endpoint(OBJECT, "GET")
def titles(request: HttpRequest, dataset_id: str) -> HttpResponse:
    dataset = ready(request, dataset_id)
    return json_of({"titles": reading.node_titles(dataset, row_numbers(request))})


@endpoint(OBJECT, "GET")
def thumbnail(request: HttpRequest, dataset_id: str) -> HttpResponse:
    dataset = seen(request, dataset_id)
    png = DatasetFiles(dataset.dataset_id).thumbnail()
    if png is None:
        raise NotFoundError
    return HttpResponse(png, content_type="image/png")


def table_name(request: HttpRequest) -> str:
    table = request.GET.get("table", "node")
    if table not in {"node", "edge"}:
        raise UserInputError(f"table '{table}' is neither node nor edge.")
    return table


def row_numbers(request: HttpRequest) -> list[int]:
    try:
        numbers = [int(number) for number in request.GET.get("rows", "").split(",") if number]
    except ValueError as error:
        raise UserInputError("rows must be row numbers, separated by commas.") from error
    if len(numbers) > MOST_ROWS:
        raise UserInputError(f"At most {MOST_ROWS} rows can be asked for at once.")
    return numbers


def json_of(answer: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A JSON response; values that JSON cannot represent, or a browser would round, become text."""
    text = json.dumps(browser_value(answer), default=str)
    return HttpResponse(text, content_type="application/json", status=status)


ID = r"^api/view/(?P<dataset_id>[^/]+)"
urlpatterns: list[URLPattern] = [
    re_path(ID + r"/?$", state),
    re_path(ID + r"/columns/?$", columns),
    re_path(ID + r"/layout/?$", layout),
    re_path(ID + r"/histogram/?$", histogram),
    re_path(ID + r"/rows/?$", rows),
    re_path(ID + r"/search/?$", search),
    re_path(ID + r"/titles/?$", titles),
    re_path(ID + r"/thumbnail\.png$", thumbnail),
]
