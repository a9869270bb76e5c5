"""Single-use sign-in: a URL that signs a browser in as one user, once, within five minutes."""

import time
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.accounts.credentials.tokens import decode_signed, signing_key
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.sign_in import has_second_factor, needs_second_factor
from graphkeep.graph.errors import NotAllowedError, NotFoundError

PURPOSE = "single-use-sign-in"
AUDIENCE = "graphkeep-single-use"
LIFE_S = 300


def create_single_use_token(user: User, *, actor: Actor, dataset_id: str) -> str:
    """A token that expires after one use, any other sign-in of the user, or five minutes.

    Raises:
        NotAllowedError: single-use sign-in is off, the actor is no Admin, or the account is an Admin's, a
            service's, or one that requires more than a password.
    """
    if not settings.SINGLE_USE_SIGN_IN:
        raise NotAllowedError(
            "Single-use sign-in is off on this server: set SINGLE_USE_SIGN_IN=true to have it."
        )
    authorize(may_administer, actor, user)
    if not may_be_entered(user):
        raise NotAllowedError(
            "This account cannot be entered by an address: it is an Admin's, a service's or inactive, or has a "
            "second factor or a password to set up."
        )
    claims = {
        "aud": AUDIENCE,
        "sub": str(user.pk),
        "exp": int(time.time()) + LIFE_S,
        "epoch": user.token_epoch,
        "last_login": last_login(user),
        "dataset": dataset_id,
    }
    audit.record("sign-in.address-made", actor=actor, target=user, dataset=dataset_id)
    return jwt.encode(claims, signing_key(PURPOSE), "HS256")


def redeem_single_use_token(token: str) -> tuple[User, str]:
    """Redeem a token, which ends it; the user and the dataset to show.

    Raises:
        NotFoundError: the token is not valid, has expired, or was used.
    """
    try:
        claims: dict[str, Any] = decode_signed(token, PURPOSE, audience=AUDIENCE)
    except jwt.PyJWTError as error:
        raise NotFoundError from error
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=claims["sub"]).first()
        is_valid = (
            settings.SINGLE_USE_SIGN_IN
            and user is not None
            and claims["epoch"] == user.token_epoch
            and claims["last_login"] == last_login(user)
            and may_be_entered(user)
        )
        if user is None or not is_valid:
            raise NotFoundError
        update_last_login(User, user)
    return user, str(claims["dataset"])


def may_be_entered(user: User) -> bool:
    return (
        user.is_active_now
        and user.kind == User.Kind.PERSON
        and user.role != User.Role.ADMIN
        and not user.must_change_password
        and not has_second_factor(user)
        and not needs_second_factor(user)
    )


def last_login(user: User) -> str:
    return user.last_login.isoformat() if user.last_login else ""
