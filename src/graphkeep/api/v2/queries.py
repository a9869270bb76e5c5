"""Queries to connectors: ask, follow, read rows, cancel, and draw the rows as a graph."""

import csv
import io
from typing import Any

import pyarrow as pa
import pyarrow.ipc
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.authorize import authorize
from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import listing, pagination, parse_body
from graphkeep.api.v2.connectors import ONE, connector_of
from graphkeep.api.v2.files import file_row
from graphkeep.api.v2.requests.connectors import DrawRequest, parse_query
from graphkeep.api.view import json_of
from graphkeep.connectors.execution.results import read_rows
from graphkeep.connectors.kinds import kind_of
from graphkeep.connectors.operations.draw import draw_result, fetch_again, origin_of
from graphkeep.connectors.operations.resume_queries import recover_stale_runs
from graphkeep.connectors.operations.run_query import asked_query, cancel_query, run_query
from graphkeep.connectors.queries import runs_visible_to, visible_run
from graphkeep.connectors.rows import run_row
from graphkeep.connectors.rules import may_ask_connector
from graphkeep.datasets.queries.visibility import own_file, visible_dataset
from graphkeep.graph.errors import NotFoundError, UserInputError

FORMATS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.stream",
}


@endpoint(actors("upload"), "POST")
def connector_queries(request: HttpRequest, connector_id: str, org: str = "") -> HttpResponse:
    """Run a query in the background: 202 with its record."""
    actor = authenticated_actor(request)
    connector = connector_of(actor, connector_id, org)
    authorize(may_ask_connector, actor, connector)  # before the body is judged
    kind = kind_of(connector)
    run = run_query(connector, parse_query(parse_body(request), kind.languages[0]), actor=actor)
    return json_of({"success": True, **run_row(run, actor=actor)}, status=202)


@endpoint(actors("read"), "GET")
def queries(request: HttpRequest) -> HttpResponse:
    """The actor's own queries, newest first."""
    actor = authenticated_actor(request)
    limit, offset = pagination(request)
    runs = runs_visible_to(actor).select_related("connector", "file").order_by("-created_at")
    if connector_id := request.GET.get("connector_id", "")[:40]:
        runs = runs.filter(connector__connector_id=connector_id)
    results = [run_row(run, actor=actor) for run in runs[offset : offset + limit]]
    return json_of(listing(request, runs.count(), results, limit, offset))


@endpoint(actors("read"), "GET")
def single_query(request: HttpRequest, run_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    run = visible_run(actor, run_id)
    if not run.is_over and recover_stale_runs():
        run.refresh_from_db()
    return json_of(run_row(run, actor=actor))


@endpoint(actors("read"), "GET")
def rows(request: HttpRequest, run_id: str) -> HttpResponse:
    """Rows of a query from `offset` on, at most `limit`; while it runs, those that have arrived."""
    run = visible_run(authenticated_actor(request), run_id)
    limit, offset = pagination(request)
    name = request.GET.get("format", "") or accepted_format(request)
    if name not in FORMATS:
        raise UserInputError(f"format is one of {', '.join(FORMATS)}.")
    table = read_rows(run, offset, limit)
    if table is None and run.is_over:
        raise NotFoundError
    if table is None:
        table = pa.table({})
    if name == "json":
        columns = [{"name": field.name, "type": str(field.type)} for field in table.schema]
        values = [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]  # fmt: skip
        payload: dict[str, Any] = {
            "offset": offset, "columns": columns, "rows": values, "count": run.row_count,
            "state": run.state,
        }  # fmt: skip
        return json_of(payload)
    content = as_csv(table) if name == "csv" else as_arrow(table)
    return HttpResponse(
        content,
        content_type=FORMATS[name],
        headers={"Content-Disposition": f'attachment; filename="query-{run.run_id[:8]}.{name}"'},
    )


def accepted_format(request: HttpRequest) -> str:
    accept = request.headers.get("Accept", "")
    if "text/csv" in accept:
        return "csv"
    return "arrow" if "arrow" in accept else "json"


def as_csv(table: pa.Table) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.column_names)
    writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return text.getvalue().encode(errors="replace")


def as_arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


@endpoint(actors("upload"), "POST")
def cancel(request: HttpRequest, run_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    cancel_query(visible_run(actor, run_id), actor=actor)
    return JsonResponse({"success": True}, status=202)


@endpoint(actors("upload"), "POST")
def draw(request: HttpRequest, run_id: str) -> HttpResponse:
    """A file of the rows, for `/api/new/FILE/readings/`; with `file_id`, that file's content is replaced."""
    actor = authenticated_actor(request)
    run = visible_run(actor, run_id)
    payload = DrawRequest.parse(parse_body(request))
    into = own_file(actor, payload.file_id) if payload.file_id else None
    file = draw_result(run, actor=actor, name=payload.name, into=into)
    return JsonResponse(file_row(file), status=201)


@endpoint(actors("upload"), "POST")
def again(request: HttpRequest, run_id: str) -> HttpResponse:
    """Run the same query again, with the rights of now."""
    actor = authenticated_actor(request)
    run = visible_run(actor, run_id)
    if run.connector is None:
        raise NotFoundError
    return json_of(
        {
            "success": True,
            **run_row(run_query(run.connector, asked_query(run), actor=actor), actor=actor),
        },
        status=202,
    )


@endpoint(actors(GET="read", POST="edit"), "GET", "POST")
def origin(request: HttpRequest, dataset_id: str) -> HttpResponse:
    """The query that a graph was made of; POST fetches it again."""
    actor = authenticated_actor(request)
    dataset = visible_dataset(actor, dataset_id)
    if request.method == "POST":
        run = fetch_again(dataset, actor=actor)
        return json_of({"success": True, **run_row(run, actor=actor)}, status=202)
    run = origin_of(dataset)
    row = run_row(run, actor=actor)
    shown = ("connector_id", "connector_name", "finished_at", "rows", "sha256", "query", "file_id")
    reading = dataset.extras.get("reading")
    return json_of({**{key: row[key] for key in shown if key in row}, "reading": reading})


RUN = r"^api/v2/queries/(?P<run_id>[0-9a-f]{32})"
urlpatterns: list[URLPattern] = [
    re_path(ONE + r"/queries/?$", connector_queries),
    re_path(r"^api/v2/queries/?$", queries),
    re_path(RUN + r"/?$", single_query),
    re_path(RUN + r"/rows/?$", rows),
    re_path(RUN + r"/cancel/?$", cancel),
    re_path(RUN + r"/draw/?$", draw),
    re_path(RUN + r"/again/?$", again),
    re_path(r"^api/v2/datasets/(?P<dataset_id>[^/]+)/query/?$", origin),
]
