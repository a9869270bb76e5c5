"""Connectors of the configuration: recorded at each start, and adopted as managed ones."""

from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor, system_actor
from graphkeep.accounts.authorize import authorize
from graphkeep.connectors.configured import configured_connectors, configured_secrets
from graphkeep.connectors.credentials import store_secret
from graphkeep.connectors.models import Connector
from graphkeep.connectors.rules import may_add_connector
from graphkeep.graph.errors import UserInputError


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
def record_configured_connectors() -> int:
    """Record the connectors of the configuration, and delete those that it no longer has; the number of changes.

    A managed connector of the same name wins: its administrator adopted or made it.
    """
    actor = system_actor("configuration")
    wanted = {entry.name: entry for entry in configured_connectors()}
    changes = 0
    for connector in Connector.objects.filter(origin=Connector.Origin.CONFIGURATION):
        entry = wanted.get(connector.name)
        if entry is None or entry.kind != connector.kind:
            audit.record("connector.deleted", actor=actor, target=connector, kind=connector.kind)
            connector.delete()
            changes += 1
    for entry in wanted.values():
        site = Connector.objects.filter(name=entry.name, organization=None).first()
        values = {
            "settings": dict(entry.settings),
            "limits": dict(entry.limits),
            "slot": entry.slot,
        }
        if site is None:
            made = Connector.objects.create(
                name=entry.name, kind=entry.kind, origin=Connector.Origin.CONFIGURATION, **values
            )
            audit.record("connector.created", actor=actor, target=made, kind=entry.kind)
            changes += 1
        elif not site.is_managed and any(
            getattr(site, name) != value for name, value in values.items()
        ):
            for name, value in values.items():
                setattr(site, name, value)
            site.save()
            audit.record("connector.changed", actor=actor, target=site, fields=sorted(values))
            changes += 1
    return changes
