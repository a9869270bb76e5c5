"""Visibility: reads narrowed to what the actor may see; to them, nothing else exists."""

from django.db.models import Q, QuerySet

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import User
from graphkeep.datasets.models import Dataset, File
from graphkeep.graph.errors import NotFoundError


def datasets_visible_to(actor: Actor) -> QuerySet[Dataset]:
    """The datasets that the actor may open, public ones included."""
    if actor.is_console_or_system:
        return Dataset.objects.all()
    if actor.only_dataset:
        return Dataset.objects.filter(dataset_id=actor.only_dataset)
    is_visible = Q(privacy=Dataset.Privacy.PUBLIC)
    if actor.user is not None:
        is_visible |= shared_with(actor.user)
    return Dataset.objects.filter(is_visible).distinct()


def datasets_listed_for(user: User, tab: str = "all") -> QuerySet[Dataset]:
    """A gallery: a person's own, their organizations', and those they were invited to."""
    if tab == "mine":
        return Dataset.objects.filter(owner=user)
    datasets = Dataset.objects.filter(shared_with(user)).distinct()
    if tab == "organization":
        return datasets.filter(privacy=Dataset.Privacy.ORGANIZATION).exclude(owner=user)
    if tab == "shared":
        return datasets.filter(shares__user=user).exclude(owner=user)
    return datasets


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
    """The dataset of an id.

    Raises:
        NotFoundError: there is none, or the actor may not see it; both answers are the same.
    """
    datasets = datasets_visible_to(actor).filter(dataset_id=dataset_id)
    dataset = datasets.select_related("owner", "organization").first()
    if dataset is None:
        raise NotFoundError
    return dataset


def files_of(user: User) -> QuerySet[File]:
    """The files of this owner alone: a colleague could make a graph of a private graph's file."""
    return File.objects.filter(owner=user, is_direct=False)


def own_file(actor: Actor, file_id: str) -> File:
    file = None
    if actor.user is not None:
        file = files_of(actor.user).filter(file_id=file_id).first()
    if file is None:
        raise NotFoundError
    return file
