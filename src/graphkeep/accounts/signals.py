"""Signal receivers: libraries' events become audit events; a new browser session gets its columns."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import system_actor
from graphkeep.accounts.adapters import address_of, session_actor
from graphkeep.accounts.credentials.sessions import device_name
from graphkeep.accounts.models import User, new_public_id
from graphkeep.accounts.operations.sessions import bound_sessions
from graphkeep.site.events import egress_refused, mail_failed


def record_sign_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    request.session["public_id"] = new_public_id()
    request.session["began_at"] = timezone.now().isoformat()
    request.session["address"] = address_of(request)
    request.session["device"] = device_name(request.headers.get("User-Agent", ""))[:200]
    request.session.save()
    actor = session_actor(user, request)
    audit.record("sign-in", actor=actor, target=user, device=request.session["device"])
    bound_sessions(user, actor=actor)


def record_sign_out(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        audit.record("sign-out", actor=session_actor(user, request), target=user)


def recorder_of(event: str) -> Any:
    def receive(sender: Any, request: HttpRequest, user: User, **details: Any) -> None:
        kind = getattr(details.get("authenticator"), "type", "")
        audit.record(event, actor=session_actor(user, request), target=user, kind=str(kind))

    return receive


def confirm_email_by_reset(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Verify the e-mail address after a password reset, whose link only its holder could read."""
    user.email_verified = True
    user.must_change_password = False
    user.save(update_fields=["email_verified", "must_change_password"])


def record_refused_connection(sender: Any, component: str, reason: str, **_: Any) -> None:
    audit.record("egress.refused", actor=system_actor(component), target=component, why=reason)


def record_failed_mail(sender: Any, reason: str, **_: Any) -> None:
    audit.record("mail.failed", actor=system_actor("mail"), why=reason)


RECEIVERS: list[tuple[Any, Any]] = [
    (user_logged_in, record_sign_in),
    (user_logged_out, record_sign_out),
    (authenticator_added, recorder_of("second-factor.added")),
    (authenticator_removed, recorder_of("second-factor.removed")),
    (authenticator_reset, recorder_of("second-factor.renewed")),
    (password_changed, recorder_of("user.password-changed")),
    (password_reset, recorder_of("user.password-reset")),
    (password_reset, confirm_email_by_reset),
    (egress_refused, record_refused_connection),
    (mail_failed, record_failed_mail),
]


def connect_receivers() -> None:
    """Connect every receiver to its signal; called when the app is ready."""
    for signal, hear in RECEIVERS:
        signal.connect(hear, weak=False, dispatch_uid=f"graphkeep.{id(hear)}")
