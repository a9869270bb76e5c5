"""The audit log: one event for each change, in the transaction of that change."""

from typing import Any

from django.db.models import F, Model

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import AuditEvent, Instance


def record(event: str, *, actor: Actor, target: Model | str | None = None, **details: Any) -> None:
    """Write an audit event within the current transaction; revoking events increment the rights version."""
    AuditEvent.objects.create(
        event=event,
        actor=str(actor)[:100],
        credential=f"{actor.credential_kind}:{actor.credential_id}".strip(":")[:100],
        target=target_label(target)[:200],
        address=actor.address,
        details=details,
    )
    if event in REVOKING_EVENTS:
        Instance.objects.filter(pk=1).update(rights_version=F("rights_version") + 1)


# Events that may revoke a right: open pages check their access again.
REVOKING_EVENTS = frozenset(
    {
        "connector.changed", "connector.deleted", "connector.grants-changed", "dataset.deleted", "dataset.shared", "key.revoked", "link.revoked", "organization.deleted",
        "organization.member-added", "organization.member-removed", "second-factor.forgotten",
        "session.ended", "setting.changed", "sign-out", "token.seen-in-clear", "user.password-changed", "user.password-reset",
        "user.permission-changed", "user.profile-changed", "user.role-changed", "user.signed-out", "user.signed-out-everywhere",
    }
)  # fmt: skip


def target_label(target: Model | str | None) -> str:
    """`datasets.Dataset:17`: the audit log does not depend on what it records."""
    if target is None or isinstance(target, str):
        return target or ""
    return f"{target._meta.label}:{target.pk}"
