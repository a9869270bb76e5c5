"""The audit log in the portal: search, filters, export."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect

from graphkeep.accounts import audit
from graphkeep.accounts.models import AuditEvent
from graphkeep.api.identity import actor_of
from graphkeep.server.portal.site import ReadOnly, portal

FIELDS = ("at", "event", "actor", "credential", "target", "address", "details")


@admin.register(AuditEvent, site=portal)
class AuditAdmin(ReadOnly):
    list_display = ("at", "event", "actor", "credential", "target", "address", "details")
    list_display_links = None
    list_filter = ("event",)
    search_fields = ("actor", "event", "target", "address", "credential")
    date_hierarchy = "at"
    ordering = ("-pk",)
    change_list_template = "portal/audit.html"


def filtered_events(request: HttpRequest) -> Any:
    """The events that match the search and filters of the list page."""
    model_admin = AuditAdmin(AuditEvent, portal)
    rows = AuditEvent.objects.order_by("pk")
    for key in ("event", "actor"):
        if request.GET.get(key):
            rows = rows.filter(**{key: request.GET[key]})
    for key, maximum in (("at__year", 9999), ("at__month", 12), ("at__day", 31)):
        text = request.GET.get(key, "")
        if text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= maximum:
            rows = rows.filter(**{key: int(text)})
    search_text = request.GET.get("q", "")
    return model_admin.get_search_results(request, rows, search_text)[0] if search_text else rows


def row_of(line: AuditEvent) -> dict[str, Any]:
    return {**{name: getattr(line, name) for name in FIELDS}, "at": line.at.isoformat()}


def as_json_lines(request: HttpRequest) -> StreamingHttpResponse:
    lines = (
        json.dumps(row_of(event), default=str) + "\n"
        for event in filtered_events(request).iterator()
    )
    return download(request, lines, "audit.jsonl", "application/x-ndjson")


def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield ",".join(FIELDS) + "\r\n"
        for event in filtered_events(request).iterator():
            buffer = io.StringIO()
            row = row_of(event)
            row["details"] = json.dumps(row["details"], default=str)
            csv.writer(buffer).writerow([escape_formula(str(row[name])) for name in FIELDS])
            yield buffer.getvalue()

    return download(request, lines(), "audit.csv", "text/csv; charset=utf-8")


def escape_formula(cell: str) -> str:
    """Prefix a cell that a spreadsheet would take for a formula with an apostrophe (CSV injection)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def download(
    request: HttpRequest, lines: Iterator[str], name: str, kind: str
) -> StreamingHttpResponse:
    audit.record("audit.exported", actor=actor_of(request), target=name)
    response = StreamingHttpResponse(lines, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def former_address(request: HttpRequest) -> HttpResponse:
    """Redirect from the list's address in former releases, with search and filters."""
    return redirect(request.get_full_path().replace("/auditline/", "/auditevent/", 1))


portal.page("", "Audit log", "accounts/auditline/", former_address)
portal.page("", "JSON lines", "audit/export.jsonl", as_json_lines)
portal.page("", "CSV", "audit/export.csv", as_csv)
