"""Connectors of the configuration: recorded at each start, and adopted as managed ones."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor, system_actor
from graphkeep.accounts.authorize import authorize
from graphkeep.connectors.configured import (
    ConfiguredConnector,
    configured_connectors,
    configured_secrets,
)
from graphkeep.connectors.credentials import store_secret
from graphkeep.connectors.models import Connector
from graphkeep.connectors.operations.manage import settings_of
from graphkeep.connectors.rules import may_add_connector
from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.registry import connector_kind

ACTOR = system_actor("configuration")


def adopt_connector(connector: Connector, *, actor: Actor) -> Connector:
    """Turn a connector of the configuration into a managed one, which takes over its settings and credentials.

    Raises:
        NotAllowedError: the actor is no Admin.
        UserInputError: it is a managed one already.
    """
    authorize(may_add_connector, actor, connector.organization)
    if connector.is_managed:
        raise UserInputError(f"The connector '{connector.name}' is a managed one already.")
    with transaction.atomic():
        secrets = configured_secrets(connector)
        connector.origin = Connector.Origin.MANAGED
        connector.changed_at = timezone.now()
        connector.save(update_fields=["origin", "changed_at"])
        for name, text in secrets.items():
            store_secret(connector, name, text)
        audit.record("connector.adopted", actor=actor, target=connector, secrets=sorted(secrets))
    return connector


@transaction.atomic
def record_configured_connectors() -> list[str]:
    """Record the connectors of the configuration, and delete those that it no longer has.

    A managed connector of the same name wins: its administrator adopted or made it. Returns why one was left out.
    """
    problems = []
    entries = {}
    for entry in configured_connectors():
        try:
            entries[entry.name] = (entry, settings_of(connector_kind(entry.kind), entry.settings))
        except UserInputError as error:
            problems.append(f"the connector {entry.name} of the configuration: {error.message}")
    for connector in Connector.objects.filter(origin=Connector.Origin.CONFIGURATION):
        if connector.name not in entries or entries[connector.name][0].kind != connector.kind:
            audit.record("connector.deleted", actor=ACTOR, target=connector, kind=connector.kind)
            connector.delete()
    for entry, checked in entries.values():
        record_configured_connector(entry, checked)
    return problems


def record_configured_connector(entry: ConfiguredConnector, settings: dict[str, Any]) -> None:
    values = {"settings": settings, "limits": dict(entry.limits), "slot": entry.slot}
    site = Connector.objects.filter(name=entry.name, organization=None).first()
    if site is None:
        made = Connector.objects.create(
            name=entry.name, kind=entry.kind, origin=Connector.Origin.CONFIGURATION, **values
        )
        audit.record("connector.created", actor=ACTOR, target=made, kind=entry.kind)
        return
    changed = [name for name, value in values.items() if getattr(site, name) != value]
    if changed and not site.is_managed:
        for name in changed:
            setattr(site, name, values[name])
        site.save(update_fields=changed)
        audit.record("connector.changed", actor=ACTOR, target=site, fields=changed)
