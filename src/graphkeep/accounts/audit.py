"""One line for each deed, in the deed's own transaction."""

from typing import Any

from django.db.models import Model

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import AuditLine


def record(event: str, *, actor: Actor, target: Model | str | None = None, **details: Any) -> None:
    AuditLine.objects.create(
        event=event,
        actor=str(actor)[:100],
        credential=f"{actor.credential_kind}:{actor.credential_id}".strip(":")[:100],
        target=named(target)[:200],
        address=actor.address,
        details=details,
    )


def named(target: Model | str | None) -> str:
    """`datasets.Dataset:17`: the trail need not know what it records."""
    if target is None or isinstance(target, str):
        return target or ""
    return f"{target._meta.label}:{target.pk}"
