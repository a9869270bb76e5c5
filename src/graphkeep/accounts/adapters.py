"""allauth's adapters: sign-in by password, rate limits of codes, encryption of second factors, mails."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import linebreaks, urlize

from graphkeep.accounts import audit, rate_limit
from graphkeep.accounts.actor import ALL_SCOPES, Actor
from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.accounts.models import User
from graphkeep.accounts.operations.people import set_own_password
from graphkeep.accounts.operations.sign_in import (
    check_sign_in,
)
from graphkeep.accounts.rate_limit import RateLimit, RateLimitedError
from graphkeep.accounts.secret_box import decrypt, encrypt
from graphkeep.site.mail import absolute_url

GUESSES_PER_CODE = RateLimit(
    name="code",
    max_hits=10,
    window=timedelta(minutes=5),
    message="Too many failed attempts. Try again in {wait}.",
)


def address_of(request: HttpRequest | None) -> str:
    """The client's address, as the proxy headers left it; empty without a request."""
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""


class PasswordBackend(ModelBackend):
    """Password sign-in: one operation for pages and API clients."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: Any,
    ) -> User | None:
        if password is None:
            return None
        try:
            return check_sign_in(username or email or "", password, address=address_of(request))
        except RateLimitedError as error:
            raise ValidationError(error.message) from error
        except InvalidCredentialError:
            return None

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, User) and user.is_active_now


class AccountAdapter(DefaultAccountAdapter):
    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Authenticate by user name or e-mail in one call; allauth would call the backend once for each."""
        name = credentials.get("username") or credentials.get("email") or ""
        user = PasswordBackend().authenticate(request, name, credentials.get("password"))
        if user is not None:
            user.backend = settings.AUTHENTICATION_BACKENDS[0]
        return user

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        if not isinstance(user, User):
            return False
        subject = f"password of {user.pk}"
        try:
            rate_limit.hit(GUESSES_PER_CODE, subject)
        except RateLimitedError as error:
            raise ValidationError(error.message) from error
        is_match = user.check_password(password)
        if is_match:
            rate_limit.reset(GUESSES_PER_CODE, subject)
        return is_match

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # sign-up is a page of our own

    def is_safe_url(self, url: str) -> bool:
        """Whether a redirect target is safe; an address that does not parse never is."""
        try:
            urlsplit(url)
        except ValueError:
            return False
        return bool(super().is_safe_url(url))

    def set_password(self, user: Any, password: str) -> None:
        set_own_password(user, password, session_id=session_id_of(self.request))

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None
    ) -> EmailMultiAlternatives:
        """The mail with a text part and an HTML part."""
        text_mail = super().render_mail(template_prefix, email, context, headers=headers)
        mail = EmailMultiAlternatives(
            text_mail.subject, text_mail.body, text_mail.from_email, text_mail.to
        )
        mail.attach_alternative(urlize(linebreaks(text_mail.body, autoescape=True)), "text/html")
        return mail

    def get_reset_password_from_key_url(self, key: str) -> str:
        return absolute_url(reverse("account_reset_password_from_key", args=key.split("-", 1)))


def session_id_of(request: HttpRequest | None) -> str:
    """The public id of the request's browser session; empty without one."""
    session = getattr(request, "session", None)
    return str(session.get("public_id", "")) if session is not None else ""


def rate_limited(form: type[Any]) -> Callable[[Any], str]:
    """Rate limit of one-time codes: six digits are few, so guesses are counted per user in the database."""

    def clean_code(self: Any) -> str:
        subject = str(self.user.pk)
        try:
            rate_limit.hit(GUESSES_PER_CODE, subject)
        except RateLimitedError as error:
            raise ValidationError(error.message) from error
        try:
            code: str = form.clean_code(self)
        except ValidationError:
            actor = Actor(user=self.user, credential_kind="none")
            audit.record("second-factor.failed", actor=actor, target=self.user)
            raise
        rate_limit.reset(GUESSES_PER_CODE, subject)
        return code

    return clean_code


class RateLimitedAuthenticateForm(AuthenticateForm):
    clean_code = rate_limited(AuthenticateForm)


class RateLimitedReauthenticateForm(ReauthenticateForm):
    clean_code = rate_limited(ReauthenticateForm)


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Graphkeep"}


def session_actor(user: User, request: HttpRequest | None) -> Actor:
    """The actor of a request with a browser session."""
    return Actor(
        user=user,
        credential_kind="session",
        credential_id=session_id_of(request),
        scopes=ALL_SCOPES,
        address=address_of(request),
    )
