"""Reads, narrowed to what the actor may see: what is not theirs does not exist for them."""

from django.db.models import Q, QuerySet

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import User
from graphkeep.datasets.models import Dataset, File
from graphkeep.graph.errors import NotFoundError


def datasets_visible_to(actor: Actor) -> QuerySet[Dataset]:
    """All whose picture the actor may open, public ones by their address included."""
    if actor.is_console_or_system:
        return Dataset.objects.all()
    if actor.audience:
        return Dataset.objects.filter(dataset_id=actor.audience)
    visible = Q(privacy=Dataset.Privacy.PUBLIC)
    if actor.user is not None:
        visible |= shared_with(actor.user)
    return Dataset.objects.filter(visible).distinct()


def datasets_listed_for(user: User, tab: str = "all") -> QuerySet[Dataset]:
    """A gallery: a person's own, their organizations', and those they were invited to."""
    if tab == "mine":
        return Dataset.objects.filter(owner=user)
    listed = Dataset.objects.filter(shared_with(user)).distinct()
    if tab == "organization":
        return listed.filter(privacy=Dataset.Privacy.ORGANIZATION).exclude(owner=user)
    if tab == "shared":
        return listed.filter(shares__user=user).exclude(owner=user)
    return listed


def shared_with(user: User) -> Q:
    return (
        Q(owner=user)
        | Q(shares__user=user)
        | Q(
            privacy=Dataset.Privacy.ORGANIZATION,
            organization__in=user.organizations.all(),
        )
    )


def visible_dataset(actor: Actor, dataset_id: str) -> Dataset:
    """One dataset.

    Raises:
        NotFoundError: there is none, or it is not the actor's to see; both read the same.
    """
    found = datasets_visible_to(actor).filter(dataset_id=dataset_id)
    dataset = found.select_related("owner", "organization").first()
    if dataset is None:
        raise NotFoundError
    return dataset


def files_of(user: User) -> QuerySet[File]:
    """Only their owner's: a colleague could draw a private graph's file anew."""
    return File.objects.filter(owner=user, is_direct=False)


def own_file(actor: Actor, file_id: str) -> File:
    file = None
    if actor.user is not None:
        file = files_of(actor.user).filter(file_id=file_id).first()
    if file is None:
        raise NotFoundError
    return file
