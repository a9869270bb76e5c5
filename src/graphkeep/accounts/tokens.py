"""API tokens: short-lived, bound to this database, dead with their user's epoch.

The names and semantics are those of the JWTs that the public clients know: `orig_iat` bounds refresh
from the first issue, however often a token is refreshed.
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

from graphkeep.accounts.models import Instance, User
from graphkeep.graph.errors import GraphkeepError

AUDIENCE = "graphkeep-api"
ISSUER = "graphkeep"
LEEWAY_S = 2


class InvalidCredentialError(GraphkeepError):
    """401: the credential is not good (any more)."""


class ExpiredTokenError(InvalidCredentialError):
    def __init__(self) -> None:
        super().__init__("Token has expired.")


@dataclass(frozen=True, kw_only=True)
class Token:
    user: User
    token_id: str
    issued_first_at: int
    expires_at: int


def instance() -> Instance:
    row, _ = Instance.objects.get_or_create(pk=1)
    return row


@lru_cache(maxsize=16)
def signing_key(secret: str, instance_id: str) -> bytes:
    return hmac.digest(secret.encode(), f"api-token:{instance_id}".encode(), hashlib.sha256)


def issue_token(user: User, *, first_issued_at: int | None = None) -> str:
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
    return jwt.encode(claims, signing_key(settings.SECRET_KEY, instance().instance_id), "HS256")


def read_token(text: str, *, even_expired: bool = False) -> Token:
    """The token and its living user.

    Raises:
        ExpiredTokenError: it was good, and is over.
        InvalidCredentialError: it is not one of ours, or its user's epoch has moved on.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            text,
            signing_key(settings.SECRET_KEY, instance().instance_id),
            algorithms=["HS256"],
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
    user = User.objects.filter(pk=int(claims["sub"]), is_active=True).first()
    if user is None or claims.get("epoch") != user.token_epoch:
        raise InvalidCredentialError("This token has been revoked.")
    return Token(
        user=user,
        token_id=claims["jti"],
        issued_first_at=int(claims["orig_iat"]),
        expires_at=int(claims["exp"]),
    )


def refresh_token(text: str) -> tuple[User, str]:
    """A new token of the same first issue; tokens past their hour refresh until the window ends.

    Raises:
        ExpiredTokenError: the window after the first issue is over.
        InvalidCredentialError: the token is not good, or refresh is switched off.
    """
    if not settings.JWT_ALLOW_REFRESH:
        raise InvalidCredentialError("Refreshing tokens is switched off (JWT_ALLOW_REFRESH).")
    token = read_token(text, even_expired=True)
    if time.time() > token.issued_first_at + settings.JWT_REFRESH_EXPIRATION_DELTA:
        raise ExpiredTokenError
    return token.user, issue_token(token.user, first_issued_at=token.issued_first_at)
