"""`graphkeep audit`: the audit log on the console."""

import json

import click

from graphkeep.server.process.start import set_up_django


@click.command()
@click.option("--event", default="", help="Only this event, such as sign-in.failed.")
@click.option("--actor", default="", help="Only what this user did.")
@click.option("--count", "counts", is_flag=True, help="Tell only how many lines there are.")
def audit(event: str, actor: str, *, counts: bool) -> None:
    """Show who did what, one JSON object a line."""
    set_up_django()
    from graphkeep.accounts.models import AuditEvent

    lines = AuditEvent.objects.order_by("pk")
    if event:
        lines = lines.filter(event=event)
    if actor:
        lines = lines.filter(actor=actor)
    if counts:
        click.echo(lines.count())
        return
    for one in lines.iterator():
        event_values = {
            "at": one.at.isoformat(),
            "event": one.event,
            "actor": one.actor,
            "credential": one.credential,
            "target": one.target,
            "address": one.address,
            "details": one.details,
        }
        click.echo(json.dumps(event_values, default=str))
