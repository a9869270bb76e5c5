"""Signing in by password: equal time for every name, and an end to guessing."""

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from math import ceil

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import ANONYMOUS, Actor
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.models import SignInFailures, User
from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.telemetry import metrics

MOST_FAILURES = 20
WINDOW = timedelta(minutes=5)
DUMMY: list[str] = []


class TooManyFailuresError(InvalidCredentialError):
    """The rate limit of sign-ins; `retry_after_s` is when its window ends."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("Too many failed sign-ins for this name. Try again in five minutes.")
        self.retry_after_s = retry_after_s


class BrowserNeededError(InvalidCredentialError):
    """The password is right, and not enough for a program."""


def check_sign_in(name: str, password: str, *, address: str = "") -> User:
    """The living user of a good pair of user name or e-mail and password.

    Raises:
        InvalidCredentialError: the pair is not good; the text never says which half.
        TooManyFailuresError: this name, or this address, was tried too often.
    """
    key = count_attempt(f"name:{name.lower()}", MOST_FAILURES)
    from_address = (
        count_attempt(f"address:{address}", settings.SIGN_INS_PER_ADDRESS) if address else ""
    )
    user = find_user(name)
    if not DUMMY:
        DUMMY.append(make_password("nobody's"))
    # An account without a password takes as long as one with another password.
    known = user is not None and is_password_usable(user.password)
    good = check_password(password, user.password if user and known else DUMMY[0])
    if user is None or not good or not known or not user.is_active_now or has_stale_password(user):
        stranger = replace(ANONYMOUS, address=address)
        audit.record("sign-in.failed", actor=stranger, target=user or unknown_user_label(name))
        metrics.inc("sign_in_failures_total", why="wrong")
        raise InvalidCredentialError("Unable to log in with provided credentials.")
    SignInFailures.objects.filter(pk=key).delete()
    # Only this one attempt is taken back: somebody's own successes must not pay for guesses.
    SignInFailures.objects.filter(pk=from_address).update(count=F("count") - 1)
    return user


def unknown_user_label(name: str) -> str:
    """The same word for the same name: what nobody is called may be a password in the wrong field."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"no user:{name}".encode(), "sha256")
    return f"nobody:{digest.hex()[:12]}"


def has_stale_password(user: User) -> bool:
    """One that somebody else chose, and that its person has not changed in time."""
    if not user.must_change_password or user.password_given_at is None:
        return False
    return timezone.now() - user.password_given_at > timedelta(days=settings.INITIAL_PASSWORD_DAYS)


def find_user(name: str) -> User | None:
    """A user name wins over an e-mail; an e-mail that several accounts have names nobody."""
    is_name = Q(username=name)
    order = Case(When(is_name, then=Value(0)), default=Value(1))
    found = User.objects.select_related("owner").order_by(order)
    holders = list(found.filter(is_name | Q(email__iexact=name, email_verified=True))[:2])
    if not holders or not name:
        return None
    first = holders[0]
    return first if first.username == name or len(holders) == 1 else None


def sign_in_program(name: str, password: str, *, address: str = "") -> User:
    """For an API token: where a second factor or a new password is due, a browser is needed.

    Raises:
        InvalidCredentialError: as `check_sign_in`.
        BrowserNeededError: the account cannot be entered by its password alone.
    """
    user = check_sign_in(name, password, address=address)
    if has_second_factor(user):
        raise BrowserNeededError(
            "This account uses a second factor. Make a personal key in the browser and register with it."
        )
    if needs_second_factor(user):
        raise BrowserNeededError("This account must set up a second factor in the browser first.")
    if user.must_change_password:
        raise BrowserNeededError("Choose a new password in the browser first.")
    actor = Actor(user=user, credential_kind="token", address=address)
    audit.record("sign-in", actor=actor, target=user, by="password")
    return user


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


def needs_second_factor(user: User) -> bool:
    """Whether the site or the role asks for a second factor that this person has not set up."""
    asked = runtime_setting("REQUIRE_MFA")
    if user.kind != User.Kind.PERSON or asked == "nobody":
        return False
    if asked == "admins" and user.role != User.Role.ADMIN:
        return False
    return not has_second_factor(user)


def count_attempt(subject: str, most: int) -> str:
    """Count before hashing, in one statement, so that parallel guesses cannot pass each other.

    Raises:
        TooManyFailuresError: there were too many in this window.
    """
    key = hashlib.sha256(subject.encode()).hexdigest()
    now = timezone.now()
    with transaction.atomic():
        SignInFailures.objects.filter(pk=key, window_started_at__lt=now - WINDOW).delete()
        SignInFailures.objects.get_or_create(pk=key)
        SignInFailures.objects.filter(pk=key).update(count=F("count") + 1)
        count, began = SignInFailures.objects.values_list("count", "window_started_at").get(pk=key)
    if count > most:
        metrics.inc("sign_in_failures_total", why="too many")
        raise TooManyFailuresError(max(1, ceil((began + WINDOW - now).total_seconds())))
    return key


def forget_attempts(subject: str) -> None:
    SignInFailures.objects.filter(pk=hashlib.sha256(subject.encode()).hexdigest()).delete()
