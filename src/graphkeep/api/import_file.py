"""Import files dropped in the gallery as a graph: their possible readings, a preview, and the chosen one."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.actor import Actor
from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import parse_body
from graphkeep.api.v2.datasets import dataset_row
from graphkeep.api.v2.requests.readings import ReadingRequest, other_files
from graphkeep.api.view import json_of
from graphkeep.datasets.models import File
from graphkeep.datasets.operations.file_fields import FileFields
from graphkeep.datasets.operations.readings.create_from_reading import create_from_reading
from graphkeep.datasets.operations.readings.preview_reading import preview_reading
from graphkeep.datasets.operations.readings.reading_files import FileTables
from graphkeep.datasets.operations.readings.remember_reading import (
    forget_reading,
    is_equal,
    remember_reading,
    remembered_reading,
)
from graphkeep.datasets.operations.upload import change_file
from graphkeep.datasets.queries.visibility import own_file
from graphkeep.graph.columns import describe
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.suggest import Suggestions, suggest

SAMPLES = 5
MAX_REPAIRS = 1000


def own_files(actor: Actor, first: str, others: Sequence[str]) -> list[File]:
    """The actor's own files, in this order, each once.

    Raises:
        NotFoundError: one does not exist, or is not the actor's; both answers are the same.
    """
    ids = dict.fromkeys([first, *others])
    return [own_file(actor, file_id) for file_id in ids]


@endpoint(actors("upload", GET="read"), "GET", "DELETE")
def readings(request: HttpRequest, file_id: str) -> HttpResponse:
    """The readings of one file, or with `?with=ID2&with=ID3` of several; DELETE forgets the remembered one."""
    actor = authenticated_actor(request)
    files = own_files(actor, file_id, other_files(tuple(request.GET.getlist("with"))))
    if request.method == "DELETE":
        forget_reading(files, actor=actor)
        return HttpResponse(status=204)
    tables = FileTables(files=tuple(files))
    suggestions = suggest(tables.tables, tables.known())
    numbered = zip(tables.references, tables.schemas, tables.tables, strict=True)
    return json_of(
        {
            "tables": [
                {
                    "name": schema["name"],
                    "file_id": reference.file_id,
                    "num_rows": table.num_rows,
                    "columns": columns_of(table),
                }
                for reference, schema, table in numbered
            ],
            "readings": reading_rows(files, suggestions, actor=actor),
            "alternatives": [reading.as_dict() for reading in suggestions.possible],
            "message": suggestions.message,
            "repairs": tables.repairs()[:MAX_REPAIRS],
        }
    )


def reading_rows(
    files: Sequence[File], suggestions: Suggestions, *, actor: Actor
) -> list[dict[str, Any]]:
    """The remembered reading first, then what is likely."""
    memory = remembered_reading(files, actor=actor)
    likely = list(suggestions.likely)
    rows = []
    if memory is not None:
        likely = [reading for reading in likely if not is_equal(reading, memory.reading)]
        rows.append(
            {
                **memory.reading.as_dict(),
                "label": label_of(memory.reading),
                "reason": "As you read it last time.",
                "remembered": True,
                "parser_options": memory.parser_options,
            }
        )
    return [*rows, *({**reading.as_dict(), "remembered": False} for reading in likely)]


def label_of(reading: TableInterpretation) -> str:
    """The label that a client sent with a reading, or one of its columns."""
    if reading.label:
        return reading.label
    if reading.source and reading.destination:
        return f"{reading.source} → {reading.destination}"
    names = ", ".join(reading.columns[:5]) or reading.node or ""
    return f"{reading.kind}: {names}" if names else reading.kind


def columns_of(table: pa.Table) -> list[dict[str, Any]]:
    head = table.slice(0, SAMPLES)
    return [
        {
            "name": column.name,
            "kind": column.kind,
            "sample": head[column.name].to_pylist(),
        }
        for column in describe(table)
    ]


@endpoint(actors("upload"), "POST")
def graph(request: HttpRequest, file_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    file = own_file(actor, file_id)
    payload = ReadingRequest.parse(parse_body(request))
    files = own_files(actor, file_id, payload.others)
    if payload.parser_options is not None and dict(payload.parser_options) != file.parser_options:
        files[0] = change_file(file, FileFields(parser_options=payload.parser_options), actor=actor)
    dataset = create_from_reading(files, payload.reading, actor=actor, replaces=payload.dataset_id)
    remember_reading(files, payload.reading, actor=actor)
    return JsonResponse(dataset_row(dataset), status=201)


@endpoint(actors("read"), "POST")
def preview(request: HttpRequest, file_id: str) -> HttpResponse:
    """The graph that a reading makes of the first rows; it stores nothing."""
    actor = authenticated_actor(request)
    own_file(actor, file_id)
    payload = ReadingRequest.parse(parse_body(request))
    files = own_files(actor, file_id, payload.others)
    sketch = preview_reading(files, payload.reading)
    return json_of({"titles": sketch.titles, "edges": sketch.edges, "is_sample": sketch.is_sample})


urlpatterns: list[URLPattern] = [
    re_path(r"^api/new/(?P<file_id>[^/]+)/preview/?$", preview),
    re_path(r"^api/new/(?P<file_id>[^/]+)/readings/?$", readings),
    re_path(r"^api/new/(?P<file_id>[^/]+)/graph/?$", graph),
]
