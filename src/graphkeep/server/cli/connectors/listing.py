"""`graphkeep connector list|kinds`."""

import json

import click

from graphkeep.server.process.start import set_up_django


@click.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_connectors(as_json: bool) -> None:
    """Show every connector with its state; never a credential."""
    set_up_django()
    from django.conf import settings

    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.models import Connector
    from graphkeep.connectors.rows import connector_row

    rows = [
        connector_row(each, actor=CONSOLE)
        for each in Connector.objects.select_related("organization").order_by("name", "pk")
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, default=str))
        return
    for sentence in settings.CONFIG_JSON_UNUSED:
        click.echo(f"{settings.CONFIG_JSON_PATH}: {sentence}", err=True)
    for row in rows:
        state = "enabled" if row["is_enabled"] else "disabled"
        if row["origin"] == "configuration":
            state += ", set by configuration"
        check = row["check"]
        tested = check["stage"] or ("passed" if check["checked_at"] else "not tested")
        owner = row["organization"] or "site"
        click.echo(f"{row['name']}\t{row['kind']}\t{owner}\t{state}\t{tested}")


@click.command("kinds")
def list_kinds() -> None:
    """Show the kinds of connectors and their settings."""
    set_up_django()
    from graphkeep.sources.databases.registry import connector_kinds

    for kind in connector_kinds().values():
        click.echo(f"{kind.name}\t{kind.title}")
        for field in kind.fields:
            notes = [
                note
                for note, holds in (("required", field.is_required), ("secret", field.is_secret))
                if holds
            ]
            click.echo(f"  {field.name}\t{field.label}\t{', '.join(notes)}")
