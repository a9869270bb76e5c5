"""The credentials on the portal's page of a connector: what is set, and buttons to forget, set and delete."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from graphkeep.api.identity import actor_of
from graphkeep.connectors.credentials import secret_states, token_rows
from graphkeep.connectors.kinds import kind_of
from graphkeep.connectors.models import Connector
from graphkeep.connectors.operations.manage import ConnectorFields, change_connector
from graphkeep.connectors.operations.tokens import (
    delete_token,
    delete_tokens,
    parse_token_csv,
    set_token,
    set_tokens,
)
from graphkeep.graph.errors import InvalidFieldError
from graphkeep.sources.databases.connector_kind import ConnectorKind

MAX_CSV_BYTES = 4 << 20


def credentials_context(connector: Connector, kind: ConnectorKind) -> dict[str, Any]:
    """Whether each secret is set and since when, and who has a personal token; never a secret itself."""
    labels = {field.name: field.label for field in kind.fields if field.is_secret}
    states = secret_states(connector, kind)
    return {
        "secrets": [{"name": name, "label": labels[name], **states[name]} for name in labels],
        "tokens": token_rows(connector),
    }


def forget(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    name = request.POST.get("secret", "")
    change_connector(connector, ConnectorFields(secrets={name: None}), actor=actor_of(request))
    labels = {field.name: field.label for field in kind_of(connector).fields}
    messages.success(request, f"{labels[name]} is forgotten. Queries fail until it is set again.")
    return back(request)


def set_one_token(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    username = request.POST.get("username", "").strip()
    set_token(connector, username, request.POST.get("token", ""), actor=actor_of(request))
    messages.success(request, f"Set the personal token of {username}.")
    return back(request)


def set_many_tokens(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    """Tokens of a CSV file with the header `username,PAT`."""
    file = request.FILES.get("csv")
    if file is None or file.size is None or file.size > MAX_CSV_BYTES:
        raise InvalidFieldError("tokens", "Choose a CSV file of at most 4 MiB.")
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFieldError("tokens", "The CSV is not UTF-8.") from error
    replaces = bool(request.POST.get("replaces"))
    tokens = parse_token_csv(text)
    count = set_tokens(connector, tokens, actor=actor_of(request), replaces=replaces)
    messages.success(request, f"Set {count} personal tokens.")
    return back(request)


def delete_one_token(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    username = request.POST.get("username", "")
    delete_token(connector, username, actor=actor_of(request))
    messages.success(request, f"Deleted the personal token of {username}.")
    return back(request)


def delete_all_tokens(request: HttpRequest, connector: Connector) -> HttpResponseBase:
    delete_tokens(connector, actor=actor_of(request))
    messages.success(request, "Deleted all personal tokens.")
    return back(request)


def back(request: HttpRequest) -> HttpResponseBase:
    return redirect(f"{request.path}#credentials")


CREDENTIAL_ACTIONS: dict[str, Callable[[HttpRequest, Connector], HttpResponseBase]] = {
    "forget": forget,
    "set-token": set_one_token,
    "set-tokens": set_many_tokens,
    "delete-token": delete_one_token,
    "delete-tokens": delete_all_tokens,
}
