"""Add, change and delete connectors, with their credentials, policy and limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.models import Organization
from graphkeep.connectors.credentials import is_reference, store_secret
from graphkeep.connectors.kinds import kind_of
from graphkeep.connectors.models import Connector
from graphkeep.connectors.policy import checked_limits, checked_policy
from graphkeep.connectors.rules import (
    may_add_connector,
    may_manage_connector,
    may_name_secret_references,
)
from graphkeep.graph.errors import InvalidFieldError, NotAllowedError, UserInputError
from graphkeep.sources.databases.connector_kind import ConnectorKind
from graphkeep.sources.databases.registry import connector_kinds
from graphkeep.sources.databases.setting_values import checked_secrets, checked_settings

MAX_NAME = 100


@dataclass(frozen=True, kw_only=True)
class ConnectorFields:
    """What is set of a connector; None: not given. In `settings`, `secrets` and `limits` a null clears a field."""

    name: str | None = None
    settings: Mapping[str, Any] | None = None
    secrets: Mapping[str, str | None] | None = None
    policy: Mapping[str, Any] | None = None
    limits: Mapping[str, Any] | None = None
    is_enabled: bool | None = None
    slot: str | None = None

    def names(self) -> list[str]:
        return sorted(name for name, value in vars(self).items() if value is not None)


def create_connector(
    fields: ConnectorFields, *, kind_name: str, organization: Organization | None, actor: Actor
) -> Connector:
    """Add a connector to an organization, or to the site.

    Raises:
        NotAllowedError: the actor is no Admin, and no admin of the organization.
        InvalidFieldError: the kind, the name or a field is unknown or not allowed.
    """
    authorize(may_add_connector, actor, organization)
    kind = connector_kinds().get(kind_name)
    if kind is None:
        raise InvalidFieldError(
            "kind",
            f"there is no kind '{kind_name[:60]}'; there are: {', '.join(connector_kinds())}.",
        )
    connector = Connector(kind=kind.name, organization=organization)
    with transaction.atomic():
        apply_fields(connector, kind, fields)
        save_named(connector)
        secrets = store_secrets(connector, kind, fields.secrets or {}, actor=actor)
        audit.record(
            "connector.created", actor=actor, target=connector, kind=kind.name,
            organization=organization.slug if organization else "", secrets=secrets,
        )  # fmt: skip
    return connector


def change_connector(connector: Connector, fields: ConnectorFields, *, actor: Actor) -> Connector:
    """Change a connector; its running queries end if it is disabled.

    Raises:
        NotAllowedError: the actor has no right to manage it.
        UserInputError: it is set by configuration.
        InvalidFieldError: a field is not allowed, or a new host needs the credentials again.
    """
    authorize(may_manage_connector, actor, connector)
    refuse_configured(connector)
    kind = kind_of(connector)
    with transaction.atomic():
        connector = Connector.objects.select_for_update().get(pk=connector.pk)
        former_endpoints = kind.endpoints(connector.settings)
        apply_fields(connector, kind, fields)
        if kind.endpoints(connector.settings) != former_endpoints and not actor.is_admin:
            forget_secrets_of_host(connector, fields)
        connector.changed_at = timezone.now()
        save_named(connector)
        secrets = store_secrets(connector, kind, fields.secrets or {}, actor=actor)
        audit.record(
            "connector.changed",
            actor=actor,
            target=connector,
            fields=fields.names(),
            secrets=secrets,
        )
    return connector


def delete_connector(connector: Connector, *, actor: Actor) -> None:
    """Delete a connector with its credentials and grants; graphs made of its results stay.

    Raises:
        NotAllowedError: the actor could not have added it.
        UserInputError: it is set by configuration.
    """
    authorize(may_add_connector, actor, connector.organization)
    refuse_configured(connector)
    with transaction.atomic():
        audit.record("connector.deleted", actor=actor, target=connector, kind=connector.kind)
        connector.delete()


def refuse_configured(connector: Connector) -> None:
    if not connector.is_managed:
        raise UserInputError(
            f"The connector '{connector.name}' is set by configuration; change it there, or adopt it: "
            f"graphkeep connector adopt {connector.name}"
        )


def apply_fields(connector: Connector, kind: ConnectorKind, fields: ConnectorFields) -> None:
    """Raises InvalidFieldError: a field is unknown, or its value is not allowed."""
    if fields.name is not None or not connector.name:
        connector.name = checked_name(fields.name or "")
    if fields.settings is not None or not connector.settings:
        given = dict(fields.settings or {})
        connector.settings = settings_of(kind, {**connector.settings, **given})
    if fields.policy is not None:
        connector.policy = checked_policy(kind, fields.policy)
    if fields.limits is not None:
        merged = {**connector.limits, **fields.limits}
        connector.limits = checked_limits(merged)
    if fields.is_enabled is not None:
        connector.is_enabled = fields.is_enabled
    if fields.slot is not None:
        connector.slot = fields.slot[:100]


def checked_name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable() or "/" in name:
        raise InvalidFieldError(
            "name", f"must have 1 to {MAX_NAME} characters, without '/' and line breaks."
        )
    return name


def settings_of(kind: ConnectorKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they are stored. Raises InvalidFieldError, which names the field as `settings.host`."""
    try:
        checked = checked_settings(kind.fields, values)
        kind.check_settings(checked)
    except InvalidFieldError:
        raise
    except UserInputError as error:
        raise InvalidFieldError("settings", error.message) from error
    return checked


def save_named(connector: Connector) -> None:
    try:
        with transaction.atomic():
            connector.save()
    except IntegrityError as error:
        raise InvalidFieldError("name", f"'{connector.name}' is taken.") from error


def store_secrets(
    connector: Connector, kind: ConnectorKind, secrets: Mapping[str, str | None], *, actor: Actor
) -> list[str]:
    """Store or clear secrets; the names of those that changed.

    Raises:
        InvalidFieldError: the kind has no such secret.
        NotAllowedError: a `secret://` reference, and the actor is no Admin.
    """
    checked = checked_secrets(kind.fields, secrets)
    if any(map(is_reference, checked.values())) and not may_name_secret_references(actor, None):
        raise NotAllowedError("Only an Admin may set a secret:// reference.")
    for name in secrets:
        store_secret(connector, name, checked.get(name))
    return sorted(secrets)


def forget_secrets_of_host(connector: Connector, fields: ConnectorFields) -> None:
    """A credential is not sent to another host than the one that it was entered for.

    Personal tokens are deleted; the common secrets have to come with the new host.

    Raises:
        InvalidFieldError: a stored secret did not come with the change.
    """
    given = fields.secrets or {}
    for name in connector.secrets.filter(user=None).values_list("field", flat=True):
        if name not in given:
            raise InvalidFieldError(
                f"secrets.{name}", "must be sent again, since the host or port is new."
            )
    connector.secrets.exclude(user=None).delete()
