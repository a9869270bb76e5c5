"""Import a file dropped in the gallery as a graph: its possible readings, and the chosen one."""

from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import parse_body
from graphkeep.api.v2.datasets import dataset_row
from graphkeep.api.v2.requests.datasets import ReadingRequest
from graphkeep.api.view import json_of
from graphkeep.datasets.models import File
from graphkeep.datasets.operations.create_from_reading import create_from_reading
from graphkeep.datasets.operations.prepare import file_table
from graphkeep.datasets.queries.visibility import own_file
from graphkeep.graph.columns import describe
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.interpretations.suggest import suggest_interpretations

SAMPLES = 5


def tables_of(file: File) -> list[pa.Table]:
    if not file.is_valid:
        raise UserInputError("This file has no readable content.")
    return [file_table(file, index) for index in range(len(file.tables))]


@endpoint(actors("read"), "GET")
def readings(request: HttpRequest, file_id: str) -> HttpResponse:
    file = own_file(authenticated_actor(request), file_id)
    tables = tables_of(file)
    return json_of(
        {
            "tables": [
                {"name": schema["name"], "num_rows": table.num_rows, "columns": columns_of(table)}
                for schema, table in zip(file.tables, tables, strict=True)
            ],
            "readings": [
                *file.interpretations,
                *(interpretation.as_dict() for interpretation in suggest_interpretations(tables)),
            ],
            "repairs": file.repairs,
        }
    )


def columns_of(table: pa.Table) -> list[dict[str, Any]]:
    head = table.slice(0, SAMPLES)
    return [
        {"name": column.name, "kind": column.kind, "sample": head[column.name].to_pylist()}
        for column in describe(table)
    ]


@endpoint(actors("upload"), "POST")
def graph(request: HttpRequest, file_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    file = own_file(actor, file_id)
    payload = ReadingRequest.parse(parse_body(request))
    dataset = create_from_reading(file, payload.reading, actor=actor, replaces=payload.dataset_id)
    return JsonResponse(dataset_row(dataset), status=201)


urlpatterns: list[URLPattern] = [
    re_path(r"^api/new/(?P<file_id>[^/]+)/readings/?$", readings),
    re_path(r"^api/new/(?P<file_id>[^/]+)/graph/?$", graph),
]
