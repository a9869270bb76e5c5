"""A user's profile: name and e-mail address."""

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import (
    authorize,
    may_administer,
    may_manage_own_or_administer,
)
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.people import checked_email
from graphkeep.graph.errors import UserInputError


@transaction.atomic
def change_profile(user: User, *, actor: Actor, name: str, email: str) -> None:
    """Raises UserInputError for an address that is not valid, or that another account has."""
    authorize(may_manage_own_or_administer, actor, user)
    email = checked_email(email)
    if email and User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise UserInputError("This e-mail address cannot be used.")
    former_email = user.email
    user.name, user.email = name.strip()[:150], email
    if former_email != email:
        # A changed address counts as verified only once an Admin or a mail has confirmed it.
        user.email_verified = bool(email) and actor.is_admin and actor.user != user
    user.save(update_fields=["name", "email", "email_verified"])
    audit.record(
        "user.profile-changed", actor=actor, target=user, email_changed=former_email != email
    )


@transaction.atomic
def confirm_email(user: User, *, actor: Actor) -> None:
    """Mark an address as verified: an Admin confirms that it is the user's own."""
    authorize(may_administer, actor, user)
    if not user.email:
        raise UserInputError(f"{user} has no e-mail address.")
    user.email_verified = True
    user.save(update_fields=["email_verified"])
    audit.record("user.email-confirmed", actor=actor, target=user)
