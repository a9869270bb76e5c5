"""The portal's page of one connector: settings, credentials, policy, limits and grants; check, audit and schema."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from graphkeep.api.identity import actor_of
from graphkeep.connectors.kinds import kind_of
from graphkeep.connectors.models import Connector, ConnectorGrant
from graphkeep.connectors.operations.check import audit_connector, read_schema
from graphkeep.connectors.operations.grants import Grant, change_grant, current_grants
from graphkeep.connectors.operations.manage import (
    change_connector,
    create_connector,
    delete_connector,
)
from graphkeep.connectors.queries import find_connector
from graphkeep.graph.errors import GraphkeepError, InvalidFieldError, NotFoundError
from graphkeep.server.pages.spa_pages import not_found
from graphkeep.server.portal.connectors.cards import ADDRESS, show_check, state_of
from graphkeep.server.portal.connectors.connector_form import ConnectorForm
from graphkeep.server.portal.connectors.credentials import CREDENTIAL_ACTIONS, credentials_context
from graphkeep.server.portal.site import portal
from graphkeep.sources.databases.registry import connector_kinds

MAX_SCHEMA_ROWS = 200


def add_page(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A new connector of a kind."""
    declared = connector_kinds().get(kind)
    if declared is None:
        return not_found(request)
    form = ConnectorForm(declared, None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            connector = create_connector(
                form.connector_fields(),
                kind_name=declared.name,
                organization=form.cleaned_data["organization"],
                actor=actor_of(request),
            )
        except InvalidFieldError as error:
            form.show_error(error)
        except GraphkeepError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Added {connector.name}.")
            show_check(request, connector)
            return redirect(f"{ADDRESS}{connector.connector_id}/")
    return show(request, f"Add {declared.title}", form)


def connector_page(request: HttpRequest, connector_id: str) -> HttpResponseBase:
    """One connector; a POST names its `action`."""
    try:
        connector = find_connector(actor_of(request), connector_id)
        kind = kind_of(connector)
    except NotFoundError:
        return not_found(request)
    except GraphkeepError as error:
        messages.error(request, error.message)
        return redirect(ADDRESS)
    action = ACTIONS.get(request.POST.get("action", "save")) if request.method == "POST" else None
    if action is not None:
        try:
            return action(request, connector)
        except GraphkeepError as error:
            messages.error(request, " ".join((error.message, getattr(error, "advice", ""))))
            return redirect(request.path)
    form = ConnectorForm(kind, connector, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_connector(connector, form.connector_fields(), actor=actor_of(request))
        except InvalidFieldError as error:
            form.show_error(error)
        except GraphkeepError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Saved.")
            return redirect(request.path)
    return show(request, connector.name, form, connector=connector)


def show(
    request: HttpRequest,
    title: str,
    form: ConnectorForm,
    *,
    connector: Connector | None = None,
    **context: Any,
) -> TemplateResponse:
    if connector is not None:
        context |= {
            "connector": connector,
            "state": state_of(connector),
            "grants": current_grants(connector),
            "rights": ConnectorGrant.Right.values,
            **credentials_context(connector, form.kind),
        }
    values = {"title": title, "form": form, "kind": form.kind, "address": ADDRESS, **context}
    return TemplateResponse(
        request, "portal/connectors/connector.html", {**portal.each_context(request), **values}
    )


def check(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    show_check(request, connector)
    return redirect(request.path)


def audit(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    findings = audit_connector(connector, actor=actor_of(request))
    form = ConnectorForm(kind_of(connector), connector)
    return show(request, connector.name, form, connector=connector, findings=findings)


def schema(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    result = read_schema(connector, actor=actor_of(request))
    form = ConnectorForm(kind_of(connector), connector)
    return show(
        request,
        connector.name,
        form,
        connector=connector,
        schema=result.tables[:MAX_SCHEMA_ROWS],
        schema_count=len(result.tables),
        is_schema_cut=result.is_cut or len(result.tables) > MAX_SCHEMA_ROWS,
    )


def grant(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    """Set the right of a user or an organization; an empty right takes it away."""
    name = request.POST.get("grantee", "").strip()
    is_organization = request.POST.get("grantee_kind") == "organization"
    change_grant(
        connector,
        Grant(
            right=request.POST.get("right", ""),
            username="" if is_organization else name,
            organization=name if is_organization else "",
        ),
        actor=actor_of(request),
    )
    messages.success(request, f"Changed the right of {name}.")
    return redirect(f"{request.path}#grants")


def delete(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    name = connector.name
    if request.POST.get("confirm", "").strip() != name:
        messages.error(request, f"Type the name {name} to delete this connector.")
        return redirect(f"{request.path}#delete")
    delete_connector(connector, actor=actor_of(request))
    messages.success(request, f"Deleted {name}. Graphs made of its results stay.")
    return redirect(ADDRESS)


ACTIONS: dict[str, Callable[[HttpRequest, Connector], HttpResponseBase]] = {
    "check": check,
    "audit": audit,
    "schema": schema,
    "grant": grant,
    "delete": delete,
    **CREDENTIAL_ACTIONS,
}

portal.page("", "Add a connector", "connectors/add/<slug:kind>/", add_page)
portal.page("", "Connector", "connectors/<slug:connector_id>/", connector_page)
