"""Personal keys: made, shown once, revoked."""

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
    """The key and its secret, which nobody can read again.

    Raises:
        NotAllowedError: the actor may not, or asks for more than they have themselves.
        UserInputError: a scope, a network or the number of days is not one.
    """
    authorize(may_manage_own_or_administer, actor, user)
    wanted = [scope for scope in SCOPES if scope in set(scopes)]
    strange = sorted(set(scopes) - set(SCOPES))
    if strange or not wanted:
        known = ", ".join(SCOPES)
        raise UserInputError(f"A key has at least one scope of {known}; not {', '.join(strange)}.")
    beyond = [scope for scope in wanted if scope not in actor.scopes]
    if "admin" in wanted and user.role != User.Role.ADMIN:
        beyond.append("admin")
    if beyond:
        raise NotAllowedError(f"You cannot give a key more than you have: {', '.join(beyond)}.")
    secret = secrets.token_hex(16)
    key = PersonalKey.objects.create(
        user=user,
        name=name.strip()[:100],
        secret_hash=hash_secret(secret),
        scopes=wanted,
        networks=[network(one) for one in networks if one.strip()],
        is_server_only=is_server_only,
        expires_at=end_of(days),
    )
    audit.record("key.created", actor=actor, target=key, user=user.username, scopes=wanted)
    return key, secret


def end_of(days: int | None) -> datetime:
    """Every key ends; unasked, after the longest life that the server allows."""
    most = settings.KEY_MAX_DAYS
    days = most if days is None else days
    if not 1 <= days <= most:
        raise UserInputError(f"A key lives 1 to {most} days, not {days}.")
    return timezone.now() + timedelta(days=days)


def network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError as error:
        raise UserInputError(
            f"'{text.strip()}' is not an address or a network such as 10.0.0.0/8."
        ) from error


@transaction.atomic
def revoke_key(key: PersonalKey, *, actor: Actor) -> None:
    """Tokens that were made with it end too."""
    authorize(may_manage_own_or_administer, actor, key.user)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        audit.record("key.revoked", actor=actor, target=key, user=key.user.username)
