"""Create and revoke personal keys."""

import ipaddress
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_manage_own_or_administer
from graphkeep.accounts.credentials.secret_hash import hash_secret
from graphkeep.accounts.models import EVERYDAY_SCOPES, SCOPES, PersonalKey, User
from graphkeep.graph.errors import NotAllowedError, UserInputError


@transaction.atomic
def create_key(
    user: User,
    *,
    actor: Actor,
    name: str = "",
    scopes: Iterable[str] = EVERYDAY_SCOPES,
    days: int | None = None,
    networks: Iterable[str] = (),
    is_server_only: bool = False,
) -> tuple[PersonalKey, str]:
    """Create a key; the key and its secret, which cannot be read again.

    Raises:
        NotAllowedError: the actor may not, or requests more scopes than they have themselves.
        UserInputError: a scope, a network or the number of days is not valid.
    """
    authorize(may_manage_own_or_administer, actor, user)
    key_scopes = [scope for scope in SCOPES if scope in set(scopes)]
    unknown_scopes = sorted(set(scopes) - set(SCOPES))
    if unknown_scopes or not key_scopes:
        names = ", ".join(SCOPES)
        raise UserInputError(
            f"A key has at least one scope of {names}; not {', '.join(unknown_scopes)}."
        )
    excess_scopes = [scope for scope in key_scopes if scope not in actor.scopes]
    if "admin" in key_scopes and user.role != User.Role.ADMIN:
        excess_scopes.append("admin")
    if excess_scopes:
        raise NotAllowedError(
            f"You cannot give a key more than you have: {', '.join(excess_scopes)}."
        )
    secret = secrets.token_hex(16)
    key = PersonalKey.objects.create(
        user=user,
        name=name.strip()[:100],
        secret_hash=hash_secret(secret),
        scopes=key_scopes,
        networks=[network(text) for text in networks if text.strip()],
        is_server_only=is_server_only,
        expires_at=end_of(days),
    )
    audit.record("key.created", actor=actor, target=key, user=user.username, scopes=key_scopes)
    return key, secret


def end_of(days: int | None) -> datetime:
    """When a key expires; by default after KEY_MAX_DAYS, which is also the maximum."""
    max_days = settings.KEY_MAX_DAYS
    days = max_days if days is None else days
    if not 1 <= days <= max_days:
        raise UserInputError(f"A key lives 1 to {max_days} days, not {days}.")
    return timezone.now() + timedelta(days=days)


def network(text: str) -> str:
    """A network in CIDR notation; raises UserInputError if it is not valid."""
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError as error:
        raise UserInputError(
            f"'{text.strip()}' is not an address or a network such as 10.0.0.0/8."
        ) from error


@transaction.atomic
def revoke_key(key: PersonalKey, *, actor: Actor) -> None:
    """Revoke a key, and the tokens that were issued with it."""
    authorize(may_manage_own_or_administer, actor, key.user)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        audit.record("key.revoked", actor=actor, target=key, user=key.user.username)
