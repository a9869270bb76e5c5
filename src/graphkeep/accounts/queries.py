"""Reads, narrowed to what the actor may see."""

from django.db.models import QuerySet

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import Organization, PersonalKey, User
from graphkeep.graph.errors import NotAllowedError


def organizations_of(user: User) -> QuerySet[Organization]:
    """The organizations that a user is a member of."""
    return Organization.objects.filter(memberships__user=user)


def personal_organization(user: User) -> Organization:
    """The organization of this user alone, which every user has."""
    return organizations_of(user).get(is_personal=True)


def active_organization(user: User) -> Organization:
    """The organization that owns what this user creates; the personal one by default."""
    if user.active_organization_id is not None:
        organization = organizations_of(user).filter(pk=user.active_organization_id).first()
        if organization is not None:
            return organization
    return personal_organization(user)


def organization_for(actor: Actor, slug: str | None) -> Organization:
    """The organization that will own a new object.

    Raises:
        NotAllowedError: there is none of that name, or the actor is no member; both errors are the same.
    """
    if actor.user is None:
        raise NotAllowedError("Sign in first.")
    if not slug:
        return active_organization(actor.user)
    organization = organizations_of(actor.user).filter(slug=slug).first()
    if organization is None:
        raise NotAllowedError(f"Not authorized to organization '{slug}'")
    return organization


def keys_of(user: User) -> QuerySet[PersonalKey]:
    """A user's keys that are not revoked, newest first."""
    return PersonalKey.objects.filter(user=user, revoked_at=None).order_by("-created_at")


def verified_email(user: User) -> str:
    """The user's verified e-mail address in lower case, or an empty string."""
    return user.email.lower() if user.email_verified else ""


def user_with_email(email: str) -> User | None:
    """The user with this verified address, unless several have it."""
    holders = list(User.objects.filter(email__iexact=email, email_verified=True)[:2])
    return holders[0] if len(holders) == 1 else None
