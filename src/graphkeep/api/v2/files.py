"""Files: `/api/v2/files/` and their bytes at `/api/v2/upload/files/ID`."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path

from graphkeep.accounts.models import User
from graphkeep.api.identity import authenticated_actor, endpoint
from graphkeep.api.policy import actors
from graphkeep.api.request_parsing import listing, pagination, parse_body, parse_json, uploaded_body
from graphkeep.api.v2.requests.files import FileRequest
from graphkeep.datasets.models import File
from graphkeep.datasets.operations.upload import (
    change_file,
    create_file,
    delete_file,
    receive_file,
)
from graphkeep.datasets.queries.visibility import files_of, own_file
from graphkeep.graph.errors import UserInputError


def file_row(file: File) -> dict[str, Any]:
    return {
        "file_id": file.file_id,
        "name": file.name,
        "description": file.description,
        "author": file.owner_id,
        "org_name": file.organization.slug,
        "file_type": file.file_type,
        "file_compression": file.file_compression,
        "parser_options": file.parser_options,
        "sql_transforms": file.sql_transforms,
        "agent_name": file.agent_name,
        "agent_version": file.agent_version,
        "bytes_count": file.bytes_count,
        "is_uploaded": file.is_uploaded,
        "is_valid": file.is_valid,
        "errors": file.errors,
        "repairs": file.repairs,
        "tables_schemas": [
            {
                **{key: table[key] for key in ("name", "num_cols", "num_rows", "dtypes")},
                "detected": table.get("detected", {}),
            }
            for table in file.tables
        ],
        "created_at": file.created_at,
        "updated_at": file.updated_at,
    }


@endpoint(actors(GET="read", POST="upload"), "GET", "POST")
def files(request: HttpRequest) -> HttpResponse:
    actor = authenticated_actor(request)
    if request.method == "POST":
        payload = FileRequest.parse(parse_body(request))
        file = create_file(payload.fields, actor=actor, org_name=payload.org_name)
        return JsonResponse(file_row(file), status=201)
    limit, offset = pagination(request)
    user = actor.user
    rows = files_of(user) if isinstance(user, User) else File.objects.none()
    ordered_rows = rows.select_related("organization").order_by("-created_at")
    results = [file_row(file) for file in ordered_rows[offset : offset + limit]]
    return JsonResponse(listing(request, ordered_rows.count(), results, limit, offset))


@endpoint(actors("edit", GET="read"), "GET", "PATCH", "DELETE")
def single_file(request: HttpRequest, file_id: str) -> HttpResponse:
    actor = authenticated_actor(request)
    file = own_file(actor, file_id)
    if request.method == "DELETE":
        delete_file(file, actor=actor)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        file = change_file(file, FileRequest.parse(parse_body(request)).fields, actor=actor)
    return JsonResponse(file_row(file))


@endpoint(actors("upload"), "POST")
def upload(request: HttpRequest, file_id: str) -> HttpResponse:
    """200 even if the bytes do not parse: the clients then read `errors`."""
    actor = authenticated_actor(request)
    file = receive_file(
        own_file(actor, file_id),
        uploaded_body(request),
        actor=actor,
        erase=request.GET.get("erase", "false").lower() == "true",
        content_encoding=request.headers.get("Content-Encoding", ""),
        parser_options=options_of(request),
    )
    return JsonResponse(file_row(file))


def options_of(request: HttpRequest) -> dict[str, Any]:
    """Parser options in the query string: JSON if they parse as such, text otherwise."""
    options: dict[str, Any] = {}
    for key, text in request.GET.items():
        if key in {"erase", "opts"}:
            continue
        if key == "parser_options":
            try:
                options |= dict(parse_json(str(text), "parser_options"))
            except (ValueError, TypeError) as error:
                raise UserInputError("parser_options must be a JSON object.") from error
            continue
        try:
            options[key] = parse_json(str(text), key)
        except UserInputError:
            options[key] = text
    return options


urlpatterns: list[URLPattern] = [
    re_path(r"^api/v2/files/?$", files),
    re_path(r"^api/v2/files/(?P<file_id>[^/]+)/?$", single_file),
    re_path(r"^api/v2/upload/files/(?P<file_id>[^/]+)/?$", upload),
]
