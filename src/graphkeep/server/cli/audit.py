"""`graphkeep audit`: print the audit log."""

import json

import click

from graphkeep.server.process.start import set_up_django


@click.command()
@click.option("--event", default="", help="Only this event, such as sign-in.failed.")
@click.option("--actor", default="", help="Only events of this user.")
@click.option("--count", "counts", is_flag=True, help="Print the number of events only.")
def audit(event: str, actor: str, *, counts: bool) -> None:
    """Print the audit log, one JSON object per line."""
    set_up_django()
    from graphkeep.accounts.models import AuditEvent

    events = AuditEvent.objects.order_by("pk")
    if event:
        events = events.filter(event=event)
    if actor:
        events = events.filter(actor=actor)
    if counts:
        click.echo(events.count())
        return
    for row in events.iterator():
        event_values = {
            "at": row.at.isoformat(),
            "event": row.event,
            "actor": row.actor,
            "credential": row.credential,
            "target": row.target,
            "address": row.address,
            "details": row.details,
        }
        click.echo(json.dumps(event_values, default=str))
