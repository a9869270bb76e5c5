"""Signing in by password: equal time for every name, and an end to guessing."""

import hashlib
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import ANONYMOUS, Actor
from graphkeep.accounts.models import SignInFailures, User
from graphkeep.accounts.tokens import InvalidCredentialError

MOST_FAILURES = 20
WINDOW = timedelta(minutes=5)
DUMMY: list[str] = []


class TooManyFailuresError(InvalidCredentialError):
    def __init__(self) -> None:
        super().__init__("Too many failed sign-ins for this name. Try again in five minutes.")


def sign_in(username: str, password: str) -> User:
    """The user of a good pair.

    Raises:
        InvalidCredentialError: the pair is not good; the text never says which half.
        TooManyFailuresError: this name was tried too often.
    """
    counted = count_attempt(username)
    user = User.objects.filter(username=username).first()
    if user is None and "@" in username:
        user = User.objects.filter(email__iexact=username).first()
    if not DUMMY:
        DUMMY.append(make_password("nobody's"))
    good = check_password(password, user.password if user else DUMMY[0])
    if user is None or not good or not user.is_active:
        audit.record("sign-in.failed", actor=ANONYMOUS, target=username[:64])
        raise InvalidCredentialError("Unable to log in with provided credentials.")
    SignInFailures.objects.filter(pk=counted).delete()
    audit.record("sign-in", actor=Actor(user=user, credential_kind="session"), target=user)
    return user


def count_attempt(username: str) -> str:
    """Count before hashing, in one statement, so that parallel guesses cannot pass each other."""
    key = hashlib.sha256(username.lower().encode()).hexdigest()
    now = timezone.now()
    with transaction.atomic():
        SignInFailures.objects.filter(pk=key, window_started_at__lt=now - WINDOW).delete()
        SignInFailures.objects.get_or_create(pk=key)
        SignInFailures.objects.filter(pk=key).update(count=F("count") + 1)
        count = SignInFailures.objects.values_list("count", flat=True).get(pk=key)
    if count > MOST_FAILURES:
        raise TooManyFailuresError
    return key
