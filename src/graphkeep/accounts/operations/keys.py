"""Personal keys: made, shown once, revoked."""

import secrets

from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_manage_own_or_administer
from graphkeep.accounts.credentials import hash_secret
from graphkeep.accounts.models import PersonalKey, User


@transaction.atomic
def create_key(user: User, *, actor: Actor, name: str = "") -> tuple[PersonalKey, str]:
    """The key and its secret, which nobody can read again."""
    authorize(may_manage_own_or_administer, actor, user)
    secret = secrets.token_hex(16)
    key = PersonalKey.objects.create(
        user=user, name=name.strip()[:100], secret_hash=hash_secret(secret)
    )
    audit.record("key.created", actor=actor, target=key, user=user.username)
    return key, secret


@transaction.atomic
def revoke_key(key: PersonalKey, *, actor: Actor) -> None:
    authorize(may_manage_own_or_administer, actor, key.user)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        audit.record("key.revoked", actor=actor, target=key, user=key.user.username)
