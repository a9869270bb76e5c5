"""The audit log: searched, filtered, exported."""

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
    """The lines of the list's own search and filters."""
    lines = AuditAdmin(AuditEvent, portal)
    rows = AuditEvent.objects.order_by("pk")
    for key in ("event", "actor"):
        if request.GET.get(key):
            rows = rows.filter(**{key: request.GET[key]})
    for key, most in (("at__year", 9999), ("at__month", 12), ("at__day", 31)):
        text = request.GET.get(key, "")
        if text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= most:
            rows = rows.filter(**{key: int(text)})
    words = request.GET.get("q", "")
    return lines.get_search_results(request, rows, words)[0] if words else rows


def row_of(line: AuditEvent) -> dict[str, Any]:
    return {**{name: getattr(line, name) for name in FIELDS}, "at": line.at.isoformat()}


def as_json_lines(request: HttpRequest) -> StreamingHttpResponse:
    lines = (
        json.dumps(row_of(one), default=str) + "\n" for one in filtered_events(request).iterator()
    )
    return download(request, lines, "audit.jsonl", "application/x-ndjson")


def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield ",".join(FIELDS) + "\r\n"
        for one in filtered_events(request).iterator():
            sheet = io.StringIO()
            row = row_of(one)
            row["details"] = json.dumps(row["details"], default=str)
            csv.writer(sheet).writerow([escape_formula(str(row[name])) for name in FIELDS])
            yield sheet.getvalue()

    return download(request, lines(), "audit.csv", "text/csv; charset=utf-8")


def escape_formula(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def download(
    request: HttpRequest, lines: Iterator[str], name: str, kind: str
) -> StreamingHttpResponse:
    audit.record("audit.exported", actor=actor_of(request), target=name)
    response = StreamingHttpResponse(lines, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def former_address(request: HttpRequest) -> HttpResponse:
    """The list's address in former releases, with its search and filters."""
    return redirect(request.get_full_path().replace("/auditline/", "/auditevent/", 1))


portal.page("", "Audit log", "accounts/auditline/", former_address)
portal.page("", "JSON lines", "audit/export.jsonl", as_json_lines)
portal.page("", "CSV", "audit/export.csv", as_csv)
