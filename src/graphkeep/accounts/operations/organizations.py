"""Organizations: made, joined, switched to."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.accounts.models import RESERVED, SLUG, Membership, Name, Organization, User
from graphkeep.accounts.queries import organization_for
from graphkeep.graph.errors import UserInputError


@transaction.atomic
def create_organization(slug: str, *, actor: Actor, name: str = "") -> Organization:
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
    made = Organization.objects.create(slug=slug, name=name or slug)
    audit.record("organization.created", actor=actor, target=made)
    return made


@transaction.atomic
def add_member(
    organization: Organization, *, actor: Actor, user: User, role: str = Membership.Role.MEMBER
) -> None:
    authorize(may_administer, actor, organization)
    if organization.is_personal:
        raise UserInputError("A personal organization has one member.")
    Membership.objects.update_or_create(
        user=user, organization=organization, defaults={"role": role}
    )
    audit.record("organization.member-added", actor=actor, target=organization, user=user.username)


@transaction.atomic
def switch_organization(slug: str, *, actor: Actor) -> Organization:
    """Make an organization the one that new things belong to.

    Raises:
        NotAllowedError: there is none of that name, or the actor is no member.
    """
    chosen = organization_for(actor, slug)
    user = actor.user
    if user is not None and user.active_organization_id != chosen.pk:
        user.active_organization = chosen
        user.save(update_fields=["active_organization"])
        audit.record("organization.switched", actor=actor, target=chosen)
    return chosen
