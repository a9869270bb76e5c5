"""The kind of a connector, and the fields of kinds as people see them."""

from typing import Any

from graphkeep.connectors.models import Connector
from graphkeep.graph.errors import InvalidFieldError, UnavailableError
from graphkeep.sources.databases.connector_kind import ConnectorKind, SettingField
from graphkeep.sources.databases.registry import connector_kinds


def kind_of(connector: Connector) -> ConnectorKind:
    """Raises UnavailableError: the package that declares its kind is not installed."""
    kind = connector_kinds().get(connector.kind)
    if kind is None:
        raise UnavailableError(
            f"The kind '{connector.kind}' of this connector is not installed on this server."
        )
    return kind


def token_field(kind: ConnectorKind) -> SettingField:
    """The secret field that a personal token takes the place of.

    Raises:
        InvalidFieldError: the kind has no secret.
    """
    secrets = {field.name: field for field in kind.fields if field.is_secret}
    for name in ("token", "api_key", "key", "password"):
        if name in secrets:
            return secrets[name]
    if not secrets:
        raise InvalidFieldError("token", f"{kind.title} has no credentials, so no personal tokens.")
    return next(iter(secrets.values()))


def kind_row(kind: ConnectorKind) -> dict[str, Any]:
    """A kind for the API: its fields, languages and restrictions."""
    return {
        "name": kind.name,
        "title": kind.title,
        "description": kind.description,
        "icon": kind.icon,
        "languages": list(kind.languages),
        "restrictions": list(kind.restrictions),
        "example_query": kind.example_query,
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "kind": field.kind,
                "is_required": field.is_required,
                "is_secret": field.is_secret,
                "default": field.default,
                "choices": list(field.choices),
                "minimum": field.minimum,
                "maximum": field.maximum,
                "help": field.help,
            }
            for field in kind.fields
        ],
    }
