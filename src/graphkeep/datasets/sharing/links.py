"""Share links and embed tokens: create, open, revoke."""

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.accounts.credentials.secret_hash import hash_secret
from graphkeep.accounts.queries import verified_email
from graphkeep.datasets.models import Dataset, ShareLink
from graphkeep.datasets.rules import may_share
from graphkeep.datasets.sharing.view_tokens import find_link, issue_embed_token, issue_link_token
from graphkeep.graph.errors import NotAllowedError, NotFoundError, UserInputError
from graphkeep.site.runtime_settings import runtime_setting

MAX_DAYS = 365


@transaction.atomic
def create_link(
    dataset: Dataset,
    *,
    actor: Actor,
    name: str = "",
    days: int = 7,
    audience: str = ShareLink.Audience.ANYONE,
    email: str = "",
    origin: str = "",
    max_uses: int | None = None,
) -> tuple[ShareLink, str]:
    """The link and its token, which is not stored and cannot be read again.

    Raises:
        NotAllowedError: the actor may see the dataset, and not share it.
        UserInputError: the days, the audience, the origin or the number of uses is invalid.
    """
    authorize(may_share, actor, dataset)
    if actor.user is None:
        raise NotAllowedError("A share link needs an owner.")
    if not 1 <= days <= MAX_DAYS:
        raise UserInputError(f"A link lives 1 to {MAX_DAYS} days.")
    if audience not in ShareLink.Audience.values:
        raise UserInputError("A link is for anyone, signed-in people, or a person.")
    if audience == ShareLink.Audience.PERSON and "@" not in email:
        raise UserInputError("A link for a person needs their e-mail address.")
    if max_uses is not None and max_uses < 1:
        raise UserInputError("A link can be used once or more.")
    token = secrets.token_urlsafe(24)
    link = ShareLink.objects.create(
        dataset=dataset,
        token_hash=hash_secret(token),
        name=name.strip()[:100],
        audience=audience,
        email=email.strip() if audience == ShareLink.Audience.PERSON else "",
        origin=checked_origin(origin),
        created_by=actor.user,
        expires_at=timezone.now() + timedelta(days=days),
        max_uses=max_uses,
    )
    audit.record(
        "link.made", actor=actor, target=dataset, link=link.pk, audience=audience, days=days
    )
    return link, token


def checked_origin(text: str) -> str:
    text = text.strip().lower().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        raise UserInputError(f"'{text[:100]}' is not an address.") from None
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or "@" in text:
        raise UserInputError(f"'{text}' is not an origin such as https://intranet.example.org")
    if text not in runtime_setting("EMBED_ORIGINS"):
        raise UserInputError(
            f"This server does not let {text} frame graphs: an Admin adds it to EMBED_ORIGINS."
        )
    return text


def revoke_link(link: ShareLink, *, actor: Actor) -> None:
    """Revoke a link; its open pages end too."""
    authorize(may_share, actor, link.dataset)
    end_link(link, actor)


def revoke_any_link(link: ShareLink, *, actor: Actor) -> None:
    """Revoke another user's link, as an Admin."""
    authorize(may_administer, actor, link)
    end_link(link, actor)


@transaction.atomic
def end_link(link: ShareLink, actor: Actor) -> None:
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        audit.record("link.revoked", actor=actor, target=link.dataset, link=link.pk)


def open_link(token: str, *, actor: Actor, origin: str) -> tuple[Dataset, str]:
    """The dataset of a link and a view token for it; each opening is counted.

    Raises:
        NotFoundError: there is no such link, it has expired or is used up, or is not for this person
            or site; all answers are the same.
    """
    link = find_link(token)
    if link is None or link.origin != origin or not is_meant_for(link, actor):
        raise NotFoundError
    with transaction.atomic():
        has_uses_left = Q(max_uses=None) | Q(use_count__lt=F("max_uses"))
        updated_count = ShareLink.objects.filter(has_uses_left, pk=link.pk, revoked_at=None).update(
            use_count=F("use_count") + 1, last_used_at=timezone.now()
        )
        if not updated_count:
            raise NotFoundError
        audit.record("link.opened", actor=actor, target=link.dataset, link=link.pk)
    opener = actor.user if link.audience != ShareLink.Audience.ANYONE else None
    return link.dataset, issue_link_token(link, opener)


def is_meant_for(link: ShareLink, actor: Actor) -> bool:
    if link.audience == ShareLink.Audience.ANYONE:
        return True
    if actor.user is None:
        return False
    is_person = link.audience == ShareLink.Audience.PERSON
    return not is_person or verified_email(actor.user) == link.email.lower()


@transaction.atomic
def make_embed_token(dataset: Dataset, *, actor: Actor, origin: str) -> str:
    """An embed token: a dataset inside a page of one site for ten minutes.

    Raises:
        NotAllowedError: the actor may not share the dataset.
        UserInputError: the site is not in EMBED_ORIGINS.
    """
    authorize(may_share, actor, dataset)
    origin = checked_origin(origin)
    if not origin:
        raise UserInputError("An embed token needs the origin of the page that will show it.")
    audit.record("embed-token.made", actor=actor, target=dataset, origin=origin)
    return issue_embed_token(dataset, actor, origin)
