"""API tokens: short-lived, bound to this database, and revoked with their source.

The names and semantics are those of the JWTs that the public clients know: `orig_iat` bounds refresh
from the first issue, however often a token is refreshed. A token also names its source: a
password (the user's epoch), a browser's session, a personal key, an organization. Each use checks
in the database that the source is still valid.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings

from graphkeep.accounts.actor import ALL_SCOPES
from graphkeep.accounts.credentials.errors import ExpiredTokenError, InvalidCredentialError
from graphkeep.accounts.credentials.personal_keys import is_valid_key
from graphkeep.accounts.credentials.sessions import active_session
from graphkeep.accounts.models import Instance, Membership, Organization, PersonalKey, User

AUDIENCE = "graphkeep-api"
ISSUER = "graphkeep"
LEEWAY_S = 2
REVOKED = "This token has been revoked."


@dataclass(frozen=True, kw_only=True)
class Token:
    user: User
    token_id: str
    issued_first_at: int
    expires_at: int
    scopes: frozenset[str]
    session_id: str = ""
    key: PersonalKey | None = None
    organization: Organization | None = None


def get_instance() -> Instance:
    """The single row of this database's instance, made at first use."""
    row, _ = Instance.objects.get_or_create(pk=1)
    return row


@lru_cache(maxsize=16)
def derived_key(secret: str, instance_id: str, purpose: str) -> bytes:
    """The HMAC key of a purpose, bound to this database."""
    return hmac.digest(secret.encode(), f"{purpose}:{instance_id}".encode(), hashlib.sha256)


def signing_key(purpose: str = "api-token") -> bytes:
    """The current key that signs JWTs of a purpose."""
    return derived_key(settings.SECRET_KEY, get_instance().instance_id, purpose)


def decode_signed(text: str, purpose: str = "api-token", **options: Any) -> dict[str, Any]:
    """The claims of a JWT that this server signed with its current key or a fallback key.

    Raises:
        jwt.PyJWTError: none of them signed it, or its claims do not hold.
    """
    signature_error: jwt.InvalidSignatureError | None = None
    instance_id = get_instance().instance_id
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            claims: dict[str, Any] = jwt.decode(
                text, derived_key(secret, instance_id, purpose), algorithms=["HS256"], **options
            )
        except jwt.InvalidSignatureError as error:
            signature_error = error
        except RecursionError:
            raise jwt.DecodeError("The header is nested too deep.") from None
        else:
            return claims
    raise signature_error or jwt.InvalidTokenError


def issue_token(
    user: User,
    *,
    first_issued_at: int | None = None,
    session_id: str = "",
    key: PersonalKey | None = None,
    organization: Organization | None = None,
) -> str:
    """A signed API token of `JWT_EXPIRATION_DELTA` seconds, bound to the given session, key or organization."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user.pk),
        "jti": secrets.token_hex(16),
        "iat": now,
        "exp": now + settings.JWT_EXPIRATION_DELTA,
        "orig_iat": first_issued_at or now,
        "epoch": user.token_epoch,
        "user_id": user.pk,
        "username": user.username,
        "email": user.email,
    }
    if session_id:
        claims["sid"] = session_id
    if key is not None:
        claims["key"] = key.key_id
    if organization is not None:
        claims["org"] = organization.pk
    return jwt.encode(claims, signing_key(), "HS256")


def read_token(text: str, *, even_expired: bool = False) -> Token:
    """The token, its active user, and its source.

    Raises:
        ExpiredTokenError: it was valid and has expired.
        InvalidCredentialError: this server did not sign it, or its user, session, key or membership has ended.
    """
    try:
        claims = decode_signed(
            text,
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY_S,
            options={
                "require": ["exp", "iat", "aud", "iss", "sub", "jti", "orig_iat"],
                "verify_exp": not even_expired,
            },
        )
    except jwt.ExpiredSignatureError as error:
        raise ExpiredTokenError from error
    except jwt.PyJWTError as error:
        raise InvalidCredentialError("Error decoding signature.") from error
    user = User.objects.select_related("owner").filter(pk=int(claims["sub"])).first()
    if user is None or not user.is_active_now or claims.get("epoch") != user.token_epoch:
        raise InvalidCredentialError(REVOKED)
    key = None
    scopes = ALL_SCOPES - {"admin"}
    if "key" in claims:
        key = PersonalKey.objects.filter(key_id=claims["key"], user=user).first()
        if key is None or not is_valid_key(key):
            raise InvalidCredentialError(REVOKED)
        scopes = frozenset(key.scopes)
    if "sid" in claims:
        session = active_session(claims["sid"])
        if session is None or session.user_id != user.pk:
            raise InvalidCredentialError(REVOKED)
    organization = None
    if "org" in claims:
        organization = member_organization(user, claims["org"])
        if organization is None:
            raise InvalidCredentialError(REVOKED)
    return Token(
        user=user,
        token_id=claims["jti"],
        issued_first_at=int(claims["orig_iat"]),
        expires_at=int(claims["exp"]),
        scopes=scopes,
        session_id=claims.get("sid", ""),
        key=key,
        organization=organization,
    )


def member_organization(user: User, pk: int) -> Organization | None:
    """The organization, if the user is a member of it."""
    memberships = Membership.objects.filter(user=user, organization_id=pk)
    membership = memberships.select_related("organization").first()
    return membership.organization if membership else None


def refresh_token(text: str) -> tuple[User, str]:
    """A new token of the same first issue; tokens past their hour refresh until the window ends.

    Raises:
        ExpiredTokenError: the window after the first issue is over.
        InvalidCredentialError: the token is not valid, or refresh is switched off.
    """
    if not settings.JWT_ALLOW_REFRESH:
        raise InvalidCredentialError("Refreshing tokens is switched off (JWT_ALLOW_REFRESH).")
    token = read_token(text, even_expired=True)
    if time.time() > token.issued_first_at + settings.JWT_REFRESH_EXPIRATION_DELTA:
        raise ExpiredTokenError
    return token.user, issue_token(
        token.user,
        first_issued_at=token.issued_first_at,
        session_id=token.session_id,
        key=token.key,
        organization=token.organization,
    )
