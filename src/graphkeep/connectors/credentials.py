"""Credentials of connectors: stored encrypted, decrypted only to open a session, never shown."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from graphkeep.accounts.models import User
from graphkeep.accounts.secret_box import decrypt, encrypt
from graphkeep.connectors.configured import configured_secrets
from graphkeep.connectors.models import Connector, ConnectorSecret
from graphkeep.graph.errors import UnavailableError
from graphkeep.sources.databases.connector_kind import ConnectorKind

REFERENCE = "secret://"


def is_reference(text: str) -> bool:
    """Whether it names where a secret is, instead of being one."""
    return text.startswith(REFERENCE)


def read_secrets(connector: Connector, user: User | None) -> dict[str, str]:
    """The secrets of a connector by field; a personal token of the user takes the place of the common one.

    Raises:
        UnreadableSecretError: the key that encrypted one is missing.
        UnavailableError: a `secret://` reference cannot be resolved.
    """
    texts = configured_secrets(connector)
    rows = list(connector.secrets.filter(user=None))
    if user is not None:
        rows += connector.secrets.filter(user=user)
    texts |= {row.field: decrypt(row.ciphertext) for row in rows}
    return {
        field: resolve_reference(connector, field, text) if is_reference(text) else text
        for field, text in texts.items()
    }


def resolve_reference(connector: Connector, field: str, text: str) -> str:
    try:
        return str(settings.SECRET_REFERENCE_RESOLVER(text, f"connector {connector.name}, {field}"))
    except Exception as error:
        # The resolver's own errors belong to the server's configuration, a package above this one.
        if type(error).__name__ != "ConfigurationError":
            raise
        raise UnavailableError(str(error)) from error


def store_secret(
    connector: Connector, field: str, text: str | None, *, user: User | None = None
) -> None:
    """Store, replace or (None) delete a secret; the caller authorizes and writes the audit event."""
    if text is None:
        connector.secrets.filter(field=field, user=user).delete()
        return
    ConnectorSecret.objects.update_or_create(
        connector=connector,
        field=field,
        user=user,
        defaults={"ciphertext": encrypt(text), "changed_at": timezone.now()},
    )


def secret_states(connector: Connector, kind: ConnectorKind) -> dict[str, dict[str, Any]]:
    """Of each secret field, whether it is set and when it was changed: all that is ever told of a secret."""
    changed_at: dict[str, datetime | None] = dict.fromkeys(configured_secrets(connector))
    changed_at |= dict(connector.secrets.filter(user=None).values_list("field", "changed_at"))
    return {
        field.name: {"is_set": field.name in changed_at, "changed_at": changed_at.get(field.name)}
        for field in kind.fields
        if field.is_secret
    }


def token_rows(connector: Connector) -> list[dict[str, Any]]:
    """Who has a personal token, and when it was changed."""
    rows = connector.secrets.exclude(user=None).select_related("user").order_by("user__username")
    return [
        {"username": row.user.username, "is_set": True, "changed_at": row.changed_at}
        for row in rows
        if row.user is not None
    ]
