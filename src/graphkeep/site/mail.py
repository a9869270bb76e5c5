"""Mail, through the egress gateway and nowhere else; off unless it was configured."""

import smtplib
import socket
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.site.events import mail_failed, report_refusal
from graphkeep.site.runtime_settings import runtime_setting

GATEWAY = Gateway(lambda: bool(runtime_setting("IS_AIR_GAPPED")), report_refusal)


def can_send_mail() -> bool:
    """Whether a mail server is configured, and neither air gap nor DISABLE_EMAIL forbids it."""
    return (
        not settings.DISABLE_EMAIL
        and bool(settings.EMAIL_HOST)
        and not runtime_setting("IS_AIR_GAPPED")
    )


def open_connection(host: str, port: int, timeout: float | None) -> socket.socket:
    """A socket to the mail server through the egress gateway.

    Raises:
        EgressForbiddenError: air gap is on, or it is another host.
        OSError: the host does not answer.
    """
    endpoint = Endpoint(
        component="mail", host=settings.EMAIL_HOST, port=settings.EMAIL_PORT, may_be_inside=True
    )
    GATEWAY.allow(endpoint)
    return GATEWAY.connect("mail", host, port, timeout_s=timeout or settings.EMAIL_TIMEOUT)


class _Smtp(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return open_connection(host, port, timeout)


class _SmtpOverTls(smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = open_connection(host, port, timeout)
        return self.context.wrap_socket(connection, server_hostname=host)


class GatewayBackend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpOverTls if self.use_ssl else _Smtp

    def send_messages(self, email_messages: Any) -> int:
        if settings.DISABLE_EMAIL:
            return 0
        try:
            return super().send_messages(email_messages) or 0
        except EgressForbiddenError:
            return 0  # the gateway has reported it


@dataclass(frozen=True, kw_only=True)
class Mail:
    subject: str
    lines: list[str]
    link: str = ""
    link_text: str = ""


def send_mail(mail: Mail, to: str) -> bool:
    """Send a mail; whether the mail server accepted it. The operation that it reports does not depend on it."""
    if not can_send_mail():
        return False
    context = {"mail": mail}
    message = EmailMultiAlternatives(
        f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{mail.subject}",
        render_to_string("mail/message.txt", context),
        to=[to],
    )
    message.attach_alternative(render_to_string("mail/message.html", context), "text/html")
    return deliver(message)


def deliver(message: EmailMessage) -> bool:
    """Send a complete mail; whether the mail server accepted it. A failure is reported as `mail.failed`."""
    if not can_send_mail():
        return False
    try:
        return bool(message.send())
    except (OSError, smtplib.SMTPException) as error:
        mail_failed.send(sender=Mail, reason=type(error).__name__)
        return False


def absolute_url(path: str) -> str:
    """An absolute URL by the site's domain, never by a request's Host."""
    domain = runtime_setting("SITE_DOMAIN")
    scheme = "https" if settings.COOKIE_SECURE else "http"
    return f"{scheme}://{domain}{path}" if domain else path
