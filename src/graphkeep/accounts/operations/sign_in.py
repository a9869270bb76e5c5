"""Sign-in by password, in equal time for every name and with rate limits."""

import hmac
from dataclasses import replace
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from graphkeep.accounts import audit, rate_limit
from graphkeep.accounts.actor import ANONYMOUS, Actor
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.models import User
from graphkeep.accounts.rate_limit import RateLimit, RateLimitedError
from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.telemetry import metrics

WINDOW = timedelta(minutes=5)
MESSAGE = "Too many failed sign-ins. Try again in {wait}."
GUESSES_PER_NAME = RateLimit(name="name", max_hits=20, window=WINDOW, message=MESSAGE)
DUMMY: list[str] = []


class BrowserNeededError(InvalidCredentialError):
    """The password is right, but an API client needs more than a password."""


def check_sign_in(name: str, password: str, *, address: str = "") -> User:
    """The active user of a valid pair of user name or e-mail and password.

    Raises:
        InvalidCredentialError: the pair is wrong; the text never says which half.
        RateLimitedError: this name, or this address, was tried too often.
    """
    try:
        rate_limit.hit(GUESSES_PER_NAME, name.lower())
        if address:
            rate_limit.hit(guesses_per_address(), address)
    except RateLimitedError:
        metrics.inc("sign_in_failures_total", why="too many")
        raise
    user = find_user(name)
    if not DUMMY:
        DUMMY.append(make_password("nobody's"))
    # An account without a password takes as long to check as a wrong password.
    has_password = user is not None and is_password_usable(user.password)
    is_match = check_password(password, user.password if user and has_password else DUMMY[0])
    if (
        user is None
        or not is_match
        or not has_password
        or not user.is_active_now
        or has_stale_password(user)
    ):
        anonymous = replace(ANONYMOUS, address=address)
        audit.record("sign-in.failed", actor=anonymous, target=user or unknown_user_label(name))
        metrics.inc("sign_in_failures_total", why="wrong")
        raise InvalidCredentialError("Unable to log in with provided credentials.")
    rate_limit.reset(GUESSES_PER_NAME, name.lower())
    # Undo only this hit: a user's own sign-ins must not reset the count of guesses.
    rate_limit.undo_hit(guesses_per_address(), address)
    return user


def guesses_per_address() -> RateLimit:
    """The rate limit of failed sign-ins from one address, over all names."""
    limit: int = settings.SIGN_INS_PER_ADDRESS
    return RateLimit(name="address", max_hits=limit, window=WINDOW, message=MESSAGE)


def unknown_user_label(name: str) -> str:
    """A pseudonym of a name that no user has, because it may be a password in the wrong field."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"no user:{name}".encode(), "sha256")
    return f"nobody:{digest.hex()[:12]}"


def has_stale_password(user: User) -> bool:
    """Whether the password was set by somebody else and not changed in time."""
    if not user.must_change_password or user.password_given_at is None:
        return False
    return timezone.now() - user.password_given_at > timedelta(days=settings.INITIAL_PASSWORD_DAYS)


def find_user(name: str) -> User | None:
    """A user name wins over an e-mail; an e-mail that several accounts share matches none."""
    is_name = Q(username=name)
    order = Case(When(is_name, then=Value(0)), default=Value(1))
    users = User.objects.select_related("owner").order_by(order)
    holders = list(users.filter(is_name | Q(email__iexact=name, email_verified=True))[:2])
    if not holders or not name:
        return None
    user = holders[0]
    return user if user.username == name or len(holders) == 1 else None


def sign_in_program(name: str, password: str, *, address: str = "") -> User:
    """Sign in for an API token; a second factor or an overdue new password needs a browser.

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
    """Whether the user has set up a second factor."""
    return Authenticator.objects.filter(user=user).exists()


def needs_second_factor(user: User) -> bool:
    """Whether the site or the role requires a second factor that this user has not set up."""
    policy = runtime_setting("REQUIRE_MFA")
    if user.kind != User.Kind.PERSON or policy == "nobody":
        return False
    if policy == "admins" and user.role != User.Role.ADMIN:
        return False
    return not has_second_factor(user)
