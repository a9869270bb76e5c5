"""Whom a dataset is shared with."""

from dataclasses import dataclass

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.models import User
from graphkeep.accounts.queries import user_with_email, verified_email
from graphkeep.datasets.models import Dataset, Share
from graphkeep.datasets.rules import may_share
from graphkeep.site.mail import Mail, absolute_url, send_mail


@dataclass(frozen=True, kw_only=True)
class Invited:
    """An e-mail address, and what its holder may do: "10" view, "20" edit, "30" share."""

    email: str
    action: str = "10"


@dataclass(frozen=True, kw_only=True)
class ShareSettings:
    """`mode`: private, organization or public; `action`: what its members may do, as for `Invited`."""

    mode: str = "private"
    action: str = "10"
    invited: tuple[Invited, ...] = ()
    notify: bool = False
    message: str = ""


def share_dataset(dataset: Dataset, settings: ShareSettings, *, actor: Actor) -> Dataset:
    """Set a dataset's audience; what was set before, invitations included, is replaced.

    Raises:
        NotAllowedError: the actor may see the dataset, and not share it.
    """
    authorize(may_share, actor, dataset)
    # Only an address that one known account has is bound; nobody gains by claiming one later.
    shares = [
        Share(
            dataset=dataset,
            user=user_with_email(invited.email),
            email=invited.email,
            action=invited.action,
        )
        for invited in settings.invited
    ]
    with transaction.atomic():
        dataset.privacy, dataset.privacy_action = settings.mode, settings.action
        dataset.save(update_fields=["privacy", "privacy_action", "updated_at"])
        dataset.shares.all().delete()
        Share.objects.bulk_create(shares)
        audit.record(
            "dataset.shared",
            actor=actor,
            target=dataset,
            mode=settings.mode,
            mode_action=settings.action,
            invited=len(shares),
        )
    if settings.notify:
        notify_invited(dataset, shares, settings.message, actor=actor)
    return dataset


def notify_invited(dataset: Dataset, shares: list[Share], message: str, *, actor: Actor) -> None:
    """By mail, where mail is on; a graph that cannot be told of is shared all the same."""
    for share in shares:
        mail = Mail(
            subject=f"{actor} shares a graph with you",
            lines=[
                f"{actor} shares “{dataset.name or 'a graph'}” with you.",
                *filter(None, [message[:1000]]),
            ],
            link=absolute_url(f"/graph/graph.html?dataset={dataset.dataset_id}"),
            link_text="Open the graph",
        )
        send_mail(mail, share.email)


def visibility_summary(dataset: Dataset) -> str:
    """Who can see a dataset, in words."""
    invited = dataset.shares.count()
    also = f" and {invited} invited" if invited else ""
    if dataset.privacy == Dataset.Privacy.PUBLIC:
        return "Anyone with the link"
    if dataset.privacy == Dataset.Privacy.ORGANIZATION:
        return f"Members of {dataset.organization.slug}{also}"
    return f"Only {dataset.owner.username}{also}"


def people_with_access(dataset: Dataset) -> list[dict[str, str]]:
    """Each person or group that can see a dataset, and what they may do."""
    words = {"10": "view", "20": "edit", "30": "share"}
    people = [{"who": dataset.owner.username, "may": "own", "how": "owner"}]
    if dataset.privacy == Dataset.Privacy.ORGANIZATION:
        for one in dataset.organization.memberships.select_related("user").order_by("pk")[:200]:
            if one.user_id != dataset.owner_id:
                may = "share" if one.role == "admin" else words[dataset.privacy_action]
                people.append(
                    {"who": one.user.username, "may": may, "how": dataset.organization.slug}
                )
    for share in dataset.shares.select_related("user"):
        how = "invited" if share.user is not None else "invited, has no account yet"
        name = share.user.username if share.user is not None else share.email
        people.append({"who": name, "email": share.email, "may": words[share.action], "how": how})
    return people


def bind_invitations(user: User) -> None:
    """What was shared with an e-mail before it had an account, once its holder has proven it."""
    if verified_email(user):
        Share.objects.filter(user=None, email__iexact=user.email).update(user=user)
