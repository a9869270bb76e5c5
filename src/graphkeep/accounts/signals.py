"""What libraries do is audited through their signals; a new browser session gets its facts here."""

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


def began(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    request.session["public_id"] = new_public_id()
    request.session["began_at"] = timezone.now().isoformat()
    request.session["address"] = address_of(request)
    request.session["device"] = device_name(request.headers.get("User-Agent", ""))[:200]
    request.session.save()
    actor = session_actor(user, request)
    audit.record("sign-in", actor=actor, target=user, device=request.session["device"])
    bound_sessions(user, actor=actor)


def ended(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        audit.record("sign-out", actor=session_actor(user, request), target=user)


def changed(event: str) -> Any:
    def tell(sender: Any, request: HttpRequest, user: User, **details: Any) -> None:
        kind = getattr(details.get("authenticator"), "type", "")
        audit.record(event, actor=session_actor(user, request), target=user, kind=str(kind))

    return tell


def answered_a_mail(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """A new password came by a link that only the address's holder could read."""
    user.has_proven_email = True
    user.must_change_password = False
    user.save(update_fields=["has_proven_email", "must_change_password"])


def record_refused_connection(sender: Any, component: str, reason: str, **_: Any) -> None:
    audit.record("egress.refused", actor=system_actor(component), target=component, why=reason)


def record_failed_mail(sender: Any, reason: str, **_: Any) -> None:
    audit.record("mail.failed", actor=system_actor("mail"), why=reason)


HEARD: list[tuple[Any, Any]] = [
    (user_logged_in, began),
    (user_logged_out, ended),
    (authenticator_added, changed("second-factor.added")),
    (authenticator_removed, changed("second-factor.removed")),
    (authenticator_reset, changed("second-factor.renewed")),
    (password_changed, changed("user.password-changed")),
    (password_reset, changed("user.password-reset")),
    (password_reset, answered_a_mail),
    (egress_refused, record_refused_connection),
    (mail_failed, record_failed_mail),
]


def listen() -> None:
    for signal, hear in HEARD:
        signal.connect(hear, weak=False, dispatch_uid=f"graphkeep.{id(hear)}")
