"""`graphkeep upgrade`: list and adopt security defaults that a newer release changed."""

import sys

import click

from graphkeep.server.config.env import home_folder
from graphkeep.server.process.start import set_up_django


@click.command()
@click.option("--check", is_flag=True, help="List the defaults that differ (default).")
@click.option("--adopt-new-defaults", is_flag=True, help="Write the new defaults into custom.env.")
@click.option("--undo", is_flag=True, help="Revert the last change.")
def upgrade(*, check: bool, adopt_new_defaults: bool, undo: bool) -> None:
    """Show security defaults that changed since the release that created this data folder; exit with 1 if there are any to adopt."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.server.config import apply_fixes
    from graphkeep.server.config.adopt_defaults import adopt_defaults, changed_defaults
    from graphkeep.site.runtime_settings import stored_values
    from graphkeep.upkeep.defaults import present_release, read_adopted

    server_folder = home_folder()
    if undo:
        count = apply_fixes.undo_fixes(actor=CONSOLE)
        click.echo(f"{count} changes reverted; graphkeep restart applies it")
        return
    if adopt_new_defaults:
        messages = adopt_defaults(server_folder, stored_values(), actor=CONSOLE)
        for message in messages:
            click.echo(f"done: {message}")
        click.echo(
            "graphkeep restart applies it; graphkeep upgrade --undo reverts it"
            if messages
            else "There is no new default to adopt."
        )
    changes = changed_defaults(server_folder, stored_values())
    for change in changes:
        kept_note = (
            f"; kept: {change.override} sets {change.now or '(empty)'}" if change.override else ""
        )
        click.echo(
            f"{change.name}: {change.former or '(empty)'} -> {change.new or '(empty)'}{kept_note}"
        )
        click.echo(f"    {change.guards}")
    pending = [change for change in changes if not change.override]
    if not adopt_new_defaults:
        click.echo(
            f"This folder uses the defaults of {read_adopted(server_folder).release}; this is {present_release()}. "
            f"{len(pending)} to adopt, {len(changes) - len(pending)} kept."
        )
    if pending:
        sys.exit(1)
