"""What happened in `site` that the audit log records; `accounts`, one layer above, connects its receivers."""

from django.dispatch import Signal

egress_refused = Signal()  # component: str, reason: str
mail_failed = Signal()  # reason: str


def report_refusal(component: str, reason: str) -> None:
    """Report a connection that the egress gateway refused; the gateways' `on_refused` callback."""
    egress_refused.send(sender=None, component=component, reason=reason)
