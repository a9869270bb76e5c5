"""Permissions on a dataset that the actor can see."""

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import requires_scope
from graphkeep.accounts.models import Membership
from graphkeep.datasets.models import Dataset, File, Share


def granted_action(actor: Actor, dataset: Dataset) -> str:
    """The highest action code that this actor has, or an empty string."""
    user = actor.user
    if user is None:
        return Share.Action.SHARE if actor.is_console_or_system else ""
    if dataset.owner_id == user.pk:
        return Share.Action.SHARE
    codes = list(dataset.shares.filter(user=user).values_list("action", flat=True))
    if dataset.privacy == Dataset.Privacy.ORGANIZATION:
        role = organization_role(actor, dataset)
        if role == Membership.Role.ADMIN:
            return Share.Action.SHARE
        if role:
            codes.append(dataset.privacy_action)
    return max(codes, default="")


def organization_role(actor: Actor, dataset: Dataset) -> str:
    roles = Membership.objects.filter(user=actor.user, organization_id=dataset.organization_id)
    return roles.values_list("role", flat=True).first() or ""


@requires_scope("edit")
def may_edit(actor: Actor, dataset: Dataset) -> bool:
    return granted_action(actor, dataset) >= Share.Action.EDIT


@requires_scope("upload")
def may_upload_data(actor: Actor, dataset: Dataset) -> bool:
    """Whether the actor may replace the dataset's tables."""
    return granted_action(actor, dataset) >= Share.Action.EDIT


@requires_scope("share")
def may_share(actor: Actor, dataset: Dataset) -> bool:
    """The owner, and people to whom the owner gave that right."""
    return granted_action(actor, dataset) >= Share.Action.SHARE


@requires_scope("edit")
def may_delete(actor: Actor, dataset: Dataset) -> bool:
    """Its owner, and the admins of the organization that it is shared with."""
    if actor.is_console_or_system:
        return True
    if actor.user is not None and actor.user.pk == dataset.owner_id:
        return True
    is_shared = dataset.privacy == Dataset.Privacy.ORGANIZATION
    return is_shared and organization_role(actor, dataset) == Membership.Role.ADMIN


def may_create(actor: Actor, _: object) -> bool:
    return actor.user is not None and "upload" in actor.scopes


def may_use(actor: Actor, file: File) -> bool:
    return actor.user is not None and actor.user.pk == file.owner_id
