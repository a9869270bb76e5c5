"""Who may do what to a dataset that they can see."""

from graphkeep.accounts.actor import Actor
from graphkeep.datasets.models import Dataset, File, Share


def granted(actor: Actor, dataset: Dataset) -> str:
    """The highest action code that this actor was given, or nothing."""
    user = actor.user
    if user is None:
        return Share.Action.SHARE if actor.is_admin else ""
    if dataset.owner_id == user.pk:
        return Share.Action.SHARE
    codes = list(dataset.shares.filter(user=user).values_list("action", flat=True))
    is_member = user.organizations.filter(pk=dataset.organization_id).exists()
    if dataset.privacy == Dataset.Privacy.ORGANIZATION and is_member:
        codes.append(dataset.privacy_action)
    return max(codes, default="")


def may_edit(actor: Actor, dataset: Dataset) -> bool:
    return granted(actor, dataset) >= Share.Action.EDIT


def may_share(actor: Actor, dataset: Dataset) -> bool:
    """An owner shares; so does whom the owner gave that right by name."""
    return granted(actor, dataset) >= Share.Action.SHARE


def may_delete(actor: Actor, dataset: Dataset) -> bool:
    return actor.user == dataset.owner if actor.user is not None else actor.is_admin


def may_use(actor: Actor, file: File) -> bool:
    return actor.user == file.owner
