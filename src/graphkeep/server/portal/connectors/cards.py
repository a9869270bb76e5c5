"""The portal's list of connectors: a card each, with its state, last use and quota."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from graphkeep.api.identity import actor_of
from graphkeep.connectors.models import Connector
from graphkeep.connectors.operations.check import check_connector
from graphkeep.connectors.queries import connectors_visible_to
from graphkeep.connectors.rows import quota_row
from graphkeep.graph.errors import GraphkeepError
from graphkeep.server.portal.site import portal
from graphkeep.sources.databases.registry import connector_kinds

ADDRESS = "/admin-portal/connectors/"


def cards_page(request: HttpRequest) -> HttpResponseBase:
    """All connectors; a POST checks the status of one, or of all that are enabled."""
    actor = actor_of(request)
    connectors = connectors_visible_to(actor).select_related("organization").order_by("name", "pk")
    if request.method == "POST":
        wanted = request.POST.get("check", "")
        chosen = connectors.filter(is_enabled=True)
        if wanted != "all":
            chosen = connectors.filter(connector_id=wanted)
        for connector in chosen:
            show_check(request, connector)
        return redirect(ADDRESS)
    context = {
        "title": "Connectors",
        "cards": [card(connector) for connector in connectors],
        "kinds": list(connector_kinds().values()),
    }
    return TemplateResponse(
        request, "portal/connectors/cards.html", {**portal.each_context(request), **context}
    )


def show_check(request: HttpRequest, connector: Connector) -> None:
    """Check the status of a connector and show the result as a message."""
    try:
        result = check_connector(connector, actor=actor_of(request))
    except GraphkeepError as error:
        messages.error(request, f"{connector.name}: {error.message}")
        return
    if result.is_ok:
        messages.success(request, f"{connector.name}: {result.message}")
    else:
        messages.error(
            request, f"{connector.name} failed at {result.stage}: {result.message} {result.advice}"
        )


def card(connector: Connector) -> dict[str, Any]:
    kind = connector_kinds().get(connector.kind)
    hosts = kind.endpoints(connector.settings) if kind is not None and not connector.slot else ()
    return {
        "connector": connector,
        "kind": kind.title if kind is not None else f"{connector.kind} (not installed)",
        "address": f"{ADDRESS}{connector.connector_id}/",
        "hosts": ", ".join(f"{host}:{port}" for host, port in hosts),
        "state": state_of(connector),
        "quota": quota_row(connector)["day"],
    }


def state_of(connector: Connector) -> tuple[str, str]:
    """A CSS class, and the state in words."""
    if not connector.is_enabled:
        return "idle", "Disabled"
    if connector.checked_at is None:
        return "idle", "Not checked yet"
    if connector.check_stage:
        return "unwell", f"Failed at {connector.check_stage}"
    return "well", "Answers"


portal.page("Settings", "Connectors", "connectors/", cards_page)
