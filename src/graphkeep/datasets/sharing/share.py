"""Whom a dataset is shared with."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.invitations import count_invitations
from graphkeep.accounts.queries import user_with_email, verified_email
from graphkeep.datasets.models import Dataset, Share
from graphkeep.datasets.rules import may_share
from graphkeep.datasets.sharing.invitation_mail import submit_invitation_mails

MAX_LISTED_MEMBERS = 1000


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
        RateLimitedError: the actor has sent as many invitations today as one person may.
    """
    authorize(may_share, actor, dataset)
    shares = new_shares(dataset, settings.invited)
    count_new_invitations(dataset, shares, notify=settings.notify, actor=actor)
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
            submit_invitation_mails(shares, settings.message, actor=actor)
    return dataset


def new_shares(dataset: Dataset, invited: Iterable[Invited]) -> list[Share]:
    """Unsaved shares for the invited; the last entry of an address counts."""
    # Only an address that one known account has is bound; claiming one later gains nothing.
    shares = [
        Share(
            dataset=dataset,
            user=user_with_email(entry.email),
            email=entry.email,
            action=entry.action,
        )
        for entry in invited
    ]
    return list({share.email.lower(): share for share in shares}.values())


def count_new_invitations(
    dataset: Dataset, shares: list[Share], *, notify: bool, actor: Actor
) -> None:
    """Count mails, or else newly invited addresses, for the rate limit of the actor's invitations."""
    invited_emails = {email.lower() for email in dataset.shares.values_list("email", flat=True)}
    new_invitations = [
        share for share in shares if notify or share.email.lower() not in invited_emails
    ]
    count_invitations(len(new_invitations), actor=actor)


def visibility_summary(dataset: Dataset) -> str:
    """Who can see a dataset, in words."""
    invited_count = dataset.shares.count()
    suffix = f" and {invited_count} invited" if invited_count else ""
    if dataset.privacy == Dataset.Privacy.PUBLIC:
        return "Anyone with the link"
    if dataset.privacy == Dataset.Privacy.ORGANIZATION:
        return f"Members of {dataset.organization.slug}{suffix}"
    return f"Only {dataset.owner.username}{suffix}"


def people_with_access(dataset: Dataset) -> list[dict[str, str]]:
    """Each person or group that can see a dataset, and what they may do.

    Of an organization with very many members the last row says how many more there are.
    """
    permissions = {"10": "view", "20": "edit", "30": "share"}
    people = [{"who": dataset.owner.username, "may": "own", "how": "owner"}]
    if dataset.privacy == Dataset.Privacy.ORGANIZATION:
        organization = dataset.organization
        permission = permissions[dataset.privacy_action]
        members = organization.memberships.exclude(user=dataset.owner).order_by("pk")
        for member in members.select_related("user")[:MAX_LISTED_MEMBERS]:
            member_permission = "share" if member.role == "admin" else permission
            people.append(
                {"who": member.user.username, "may": member_permission, "how": organization.slug}
            )
        hidden_count = members.count() - MAX_LISTED_MEMBERS
        if hidden_count > 0:
            people.append(
                {"who": f"{hidden_count} more members", "may": permission, "how": organization.slug}
            )
    for share in dataset.shares.select_related("user"):
        source = "invited" if share.user is not None else "invited, has no account yet"
        name = share.user.username if share.user is not None else share.email
        people.append(
            {"who": name, "email": share.email, "may": permissions[share.action], "how": source}
        )
    return people


def bind_invitations(user: User) -> None:
    """Bind shares of a verified e-mail address to the account of its holder."""
    if verified_email(user):
        Share.objects.filter(user=None, email__iexact=user.email).update(user=user)
