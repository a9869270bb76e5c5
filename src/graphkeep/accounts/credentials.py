"""From what a request carries to the actor who asks."""

import hashlib
import hmac

from django.utils import timezone

from graphkeep.accounts.actor import ANONYMOUS, Actor
from graphkeep.accounts.models import PersonalKey, User
from graphkeep.accounts.queries import active_organization
from graphkeep.accounts.tokens import InvalidCredentialError, read_token


def hash_secret(secret: str) -> str:
    """A key's secret has 128 bits of its own, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_from_headers(authorization: str | None, *, session_user: User | None = None) -> Actor:
    """A Bearer token or a personal key wins; otherwise the browser's session, otherwise nobody.

    Raises:
        InvalidCredentialError: the header holds something that is not good.
    """
    if not authorization:
        if session_user is None or not session_user.is_active:
            return ANONYMOUS
        return Actor(
            user=session_user,
            credential_kind="session",
            organization=active_organization(session_user),
        )
    scheme, _, rest = authorization.strip().partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        # A JavaScript example of the vendor sets "Bearer x" where the client adds "Bearer " itself.
        rest = rest.removeprefix("Bearer ").strip()
        token = read_token(rest)
        return Actor(
            user=token.user,
            credential_kind="token",
            credential_id=token.token_id,
            organization=active_organization(token.user),
        )
    if scheme.lower() == "personalkey":
        key = read_key(rest)
        return Actor(
            user=key.user,
            credential_kind="key",
            credential_id=key.key_id,
            organization=active_organization(key.user),
        )
    raise InvalidCredentialError("Use 'Authorization: Bearer TOKEN' or 'PersonalKey ID:SECRET'.")


def user_of_cookie(token: str | None) -> User | None:
    """The user of a browser's token cookie; a token that is not good (any more) is nobody's."""
    if not token:
        return None
    try:
        return read_token(token).user
    except InvalidCredentialError:
        return None


def read_key(text: str) -> PersonalKey:
    """The living key of `ID:SECRET`.

    Raises:
        InvalidCredentialError: the pair is not good (any more).
    """
    key_id, _, secret = text.partition(":")
    key = PersonalKey.objects.select_related("user").filter(key_id=key_id).first()
    expected = key.secret_hash if key else hash_secret("")
    good = hmac.compare_digest(hash_secret(secret), expected)
    if key is None or not good or key.revoked_at is not None or not key.user.is_active:
        raise InvalidCredentialError("This personal key is not valid.")
    PersonalKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())
    return key
