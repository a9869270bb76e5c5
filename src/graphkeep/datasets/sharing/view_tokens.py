"""View tokens: read access to one dataset for ten minutes, for the bearer of a share link or an embed token.

A view token names its source, and each use checks that the source is still valid: the link, or the person who
made the embed token and their right to share. On the wire it is called a pass.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal

import jwt
from django.utils import timezone

from graphkeep.accounts.actor import ALL_SCOPES, READ_ONLY, Actor
from graphkeep.accounts.authentication import Credentials
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.credentials.personal_keys import is_valid_key
from graphkeep.accounts.credentials.secret_hash import hash_secret
from graphkeep.accounts.credentials.sessions import active_session
from graphkeep.accounts.credentials.tokens import decode_signed, signing_key
from graphkeep.accounts.models import PersonalKey, User
from graphkeep.datasets.models import Dataset, ShareLink
from graphkeep.datasets.rules import may_share

VIEW_AUDIENCE = "graphkeep-view"
LIFETIME_S = 600
PURPOSE = "view-pass"


@dataclass(frozen=True, kw_only=True)
class ViewToken:
    kind: Literal["link", "embed"]
    dataset: Dataset
    origin: str
    link: ShareLink | None = None
    user_id: int | None = None

    def actor(self, address: str) -> Actor:
        return Actor(
            user=None,
            credential_kind=self.kind,
            credential_id=str(self.link.pk) if self.link else f"user:{self.user_id}",
            scopes=READ_ONLY,
            only_dataset=self.dataset.dataset_id,
            address=address,
        )


def issue_view_token(dataset: Dataset, *, kind: str, origin: str, **more: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "graphkeep",
        "aud": VIEW_AUDIENCE,
        "sub": dataset.dataset_id,
        "jti": secrets.token_hex(16),
        "iat": now,
        "exp": now + LIFETIME_S,
        "kind": kind,
        "origin": origin,
        **more,
    }
    return jwt.encode(claims, signing_key(PURPOSE), "HS256")


def issue_link_token(link: ShareLink, opener: User | None) -> str:
    opened_by = {"user": opener.pk} if opener is not None else {}
    return issue_view_token(
        link.dataset, kind="link", origin=link.origin, link=link.pk, **opened_by
    )


def issue_embed_token(dataset: Dataset, actor: Actor, origin: str) -> str:
    user = actor.user
    if user is None:
        raise InvalidCredentialError("An embed token needs an owner.")
    via: dict[str, Any] = {"user": user.pk, "epoch": user.token_epoch}
    if active_session(actor.credential_id) is not None:
        via["sid"] = actor.credential_id
    elif PersonalKey.objects.filter(key_id=actor.credential_id).exists():
        via["key"] = actor.credential_id
    return issue_view_token(dataset, kind="embed", origin=origin, **via)


def authenticate_view_token(value: str, credentials: Credentials) -> Actor:
    """The reader of the Authorization scheme `Pass`; the frame's site must be the token's."""
    return read_view_token(value, origin=credentials.embed_origin).actor(credentials.address)


def read_view_token(text: str, *, origin: str) -> ViewToken:
    """The view token, while its source is valid.

    Raises:
        InvalidCredentialError: it is malformed, expired, revoked, or for another site.
    """
    try:
        claims = decode_signed(
            text,
            PURPOSE,
            audience=VIEW_AUDIENCE,
            issuer="graphkeep",
            options={"require": ["exp", "iat", "aud", "iss", "sub", "jti"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise InvalidCredentialError("This pass has expired.") from error
    except jwt.PyJWTError as error:
        raise InvalidCredentialError("This pass is not valid.") from error
    if claims["origin"] != origin:
        raise InvalidCredentialError("This pass is for another site.")
    dataset = Dataset.objects.select_related("owner").filter(dataset_id=claims["sub"]).first()
    if dataset is None:
        raise InvalidCredentialError("This pass is not valid.")
    kind = claims["kind"]
    link = usable_link(claims) if kind == "link" else None
    if link is None and (kind == "link" or not creator_may_share(claims, dataset)):
        raise InvalidCredentialError("This pass has been revoked.")
    return ViewToken(
        kind=kind, dataset=dataset, origin=origin, link=link, user_id=claims.get("user")
    )


def usable_link(claims: dict[str, Any]) -> ShareLink | None:
    links = ShareLink.objects.select_related("dataset", "created_by__owner")
    link = links.filter(pk=claims.get("link", 0), dataset__dataset_id=claims["sub"]).first()
    if link is None or not is_usable(link):
        return None
    if link.audience != ShareLink.Audience.ANYONE:
        opener = User.objects.filter(pk=claims.get("user", 0)).first()
        if opener is None or not opener.is_active_now:
            return None
    return link


def is_usable(link: ShareLink) -> bool:
    """Whether a link is valid and its creator may still share the dataset."""
    return link.is_active_now and may_share_now(link.created_by, link.dataset)


def may_share_now(user: User, dataset: Dataset) -> bool:
    if not user.is_active_now:
        return False
    return may_share(Actor(user=user, credential_kind="token", scopes=ALL_SCOPES), dataset)


def creator_may_share(claims: dict[str, Any], dataset: Dataset) -> bool:
    user = User.objects.select_related("owner").filter(pk=claims.get("user", 0)).first()
    if user is None or claims.get("epoch") != user.token_epoch:
        return False
    if "sid" in claims and active_session(claims["sid"]) is None:
        return False
    if "key" in claims:
        key = PersonalKey.objects.filter(key_id=claims["key"], user=user).first()
        if key is None or not is_valid_key(key) or "share" not in key.scopes:
            return False
    return may_share_now(user, dataset)


def find_link(token: str) -> ShareLink | None:
    links = ShareLink.objects.select_related("dataset__owner", "created_by__owner")
    link = links.filter(token_hash=hash_secret(token)).first()
    return link if link is not None and is_usable(link) else None


def renew_view_token(text: str, *, origin: str) -> str:
    """Another ten minutes for a page whose link is valid; an embed token is renewed by its creator."""
    token = read_view_token(text, origin=origin)
    if token.link is None:
        raise InvalidCredentialError("An embed token is renewed by the site that made it.")
    opener = User.objects.filter(pk=token.user_id).first() if token.user_id else None
    ShareLink.objects.filter(pk=token.link.pk).update(last_used_at=timezone.now())
    return issue_link_token(token.link, opener)
