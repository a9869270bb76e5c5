"""Limit and end browser sessions; end all credentials of a user."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import (
    authorize,
    may_administer,
    may_manage_own_or_administer,
)
from graphkeep.accounts.credentials.sessions import active_sessions
from graphkeep.accounts.models import BrowserSession, PersonalKey, User


def bound_sessions(user: User, *, actor: Actor) -> None:
    """End a user's oldest sessions beyond the server's limit."""
    for row in active_sessions(user)[settings.SESSION_MAX_PER_USER :]:
        row.delete()
        audit.record("session.ended", actor=actor, target=user, device=row.device, why="too many")


@transaction.atomic
def end_session(row: BrowserSession, *, actor: Actor) -> None:
    """Delete a browser session; its cookie is invalid at once."""
    if row.user is None:
        return
    authorize(may_manage_own_or_administer, actor, row.user)
    audit.record("session.ended", actor=actor, target=row.user, device=row.device)
    row.delete()


def end_credentials(user: User, *, and_keys: bool = False, keep_session: str = "") -> None:
    """End a user's sessions, and tokens by the epoch; keys check that their user is active."""
    user.token_epoch += 1
    user.save(update_fields=["token_epoch"])
    BrowserSession.objects.filter(user=user).exclude(public_id=keep_session or "-").delete()
    if and_keys:
        PersonalKey.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


@transaction.atomic
def end_everything(user: User, *, actor: Actor) -> None:
    """Sign a user out everywhere: sessions, tokens and keys."""
    authorize(may_manage_own_or_administer, actor, user)
    end_credentials(user, and_keys=True)
    audit.record("user.signed-out-everywhere", actor=actor, target=user)


@transaction.atomic
def forget_second_factor(user: User, *, actor: Actor) -> None:
    """Remove a lost second factor; the user signs in by password again, and all credentials end."""
    authorize(may_administer, actor, user)
    Authenticator.objects.filter(user=user).delete()
    end_credentials(user, and_keys=True)
    audit.record("second-factor.forgotten", actor=actor, target=user)


@transaction.atomic
def end_sessions(user: User, *, actor: Actor) -> None:
    """End a user's browser sessions and tokens, as an Admin; personal keys stay.

    Raises:
        NotAllowedError: the actor is no Admin, or the credential lacks the scope `admin`.
    """
    authorize(may_administer, actor, user)
    end_credentials(user)
    audit.record("user.signed-out", actor=actor, target=user)
