"""Create and delete organizations, change their members, switch between them."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import (
    authorize,
    may_administer,
    may_manage_organization,
    may_switch_to,
)
from graphkeep.accounts.models import RESERVED, SLUG, Membership, Name, Organization, User
from graphkeep.accounts.queries import organization_for
from graphkeep.graph.errors import UserInputError


@transaction.atomic
def create_organization(slug: str, *, actor: Actor, name: str = "") -> Organization:
    """Create an organization without members.

    Raises:
        NotAllowedError: the actor is no Admin.
        UserInputError: the name is taken, reserved or not valid.
    """
    authorize(may_administer, actor, None)
    try:
        SLUG(slug)
    except ValidationError as error:
        raise UserInputError(" ".join(error.messages)) from error
    if slug in RESERVED:
        raise UserInputError(f"The name '{slug}' is reserved.")
    try:
        with transaction.atomic():
            Name.objects.create(slug=slug)
    except IntegrityError as error:
        raise UserInputError(f"The name '{slug}' is taken.") from error
    organization = Organization.objects.create(slug=slug, name=name or slug)
    audit.record("organization.created", actor=actor, target=organization)
    return organization


@transaction.atomic
def add_member(
    organization: Organization, *, actor: Actor, user: User, role: str = Membership.Role.MEMBER
) -> None:
    """Raises NotAllowedError; UserInputError for a personal organization or an unknown role."""
    if organization.is_personal:
        raise UserInputError("A personal organization has one member.")
    authorize(may_manage_organization, actor, organization)
    if role not in Membership.Role.values:
        raise UserInputError("A member of an organization is an admin or a member.")
    check_admin_remains(organization, user, role)
    Membership.objects.update_or_create(
        user=user, organization=organization, defaults={"role": role}
    )
    audit.record(
        "organization.member-added",
        actor=actor,
        target=organization,
        user=user.username,
        role=role,
    )


@transaction.atomic
def remove_member(organization: Organization, *, actor: Actor, user: User) -> None:
    """Remove a member; access ends at once, on open pages too. Members may remove themselves."""
    if actor.user != user or organization.is_personal:
        authorize(may_manage_organization, actor, organization)
    check_admin_remains(organization, user, "")
    Membership.objects.filter(user=user, organization=organization).delete()
    if user.active_organization_id == organization.pk:
        user.active_organization = None
        user.save(update_fields=["active_organization"])
    audit.record(
        "organization.member-removed", actor=actor, target=organization, user=user.username
    )


def check_admin_remains(organization: Organization, user: User, role: str) -> None:
    """Raise UserInputError if the change would leave the organization without an admin."""
    admins = list(organization.memberships.select_for_update().filter(role=Membership.Role.ADMIN))
    if role != Membership.Role.ADMIN and [admin.user_id for admin in admins] == [user.pk]:
        raise UserInputError("This is the organization's last admin; make another one first.")


@transaction.atomic
def delete_organization(organization: Organization, *, actor: Actor) -> None:
    """Delete an organization and what belongs to it.

    Raises:
        UserInputError: it is personal, or still has graphs or files.
    """
    authorize(may_administer, actor, organization)
    if organization.is_personal:
        raise UserInputError("A personal organization goes with its user.")
    count = organization.datasets.count() + organization.files.count()
    if count:
        raise UserInputError(f"{organization} still has {count} graphs and files.")
    audit.record("organization.deleted", actor=actor, target=organization, slug=organization.slug)
    organization.delete()


@transaction.atomic
def switch_organization(slug: str, *, actor: Actor) -> Organization:
    """Switch the active organization, which owns what the user creates.

    Raises:
        NotAllowedError: there is none of that name, or the actor is no member.
    """
    organization = organization_for(actor, slug)
    authorize(may_switch_to, actor, organization)
    user = actor.user
    if user is not None and user.active_organization_id != organization.pk:
        user.active_organization = organization
        user.save(update_fields=["active_organization"])
        audit.record("organization.switched", actor=actor, target=organization)
    return organization
