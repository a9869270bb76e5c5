"""`graphkeep upgrade`: which security defaults a newer release chose differently, and taking them over."""

import sys

import click

from graphkeep.server.config.env import home_folder
from graphkeep.server.process.start import set_up_django


@click.command()
@click.option("--check", is_flag=True, help="List the defaults that differ; this is what it does.")
@click.option("--adopt-new-defaults", is_flag=True, help="Write them into custom.env.")
@click.option("--undo", is_flag=True, help="Bring back what stood before the last change.")
def upgrade(*, check: bool, adopt_new_defaults: bool, undo: bool) -> None:
    """Tell which security defaults changed since the release that made this folder; 1 where one waits."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.server.config import apply_fixes
    from graphkeep.server.config.adopt_defaults import adopt_defaults, changed_defaults
    from graphkeep.site.runtime_settings import stored_values
    from graphkeep.upkeep.defaults import present_release, read_adopted

    home = home_folder()
    if undo:
        count = apply_fixes.undo_fixes(actor=CONSOLE)
        click.echo(f"{count} things are as before; graphkeep restart takes it over")
        return
    if adopt_new_defaults:
        done = adopt_defaults(home, stored_values(), actor=CONSOLE)
        for deed in done:
            click.echo(f"done: {deed}")
        click.echo(
            "graphkeep restart takes it over; graphkeep upgrade --undo takes it back"
            if done
            else "There is no new default to adopt."
        )
    found = changed_defaults(home, stored_values())
    for one in found:
        kept = f"; kept: {one.kept} says {one.now or '(empty)'}" if one.kept else ""
        click.echo(f"{one.name}: {one.former or '(empty)'} -> {one.new or '(empty)'}{kept}")
        click.echo(f"    {one.guards}")
    waiting = [one for one in found if not one.kept]
    if not adopt_new_defaults:
        click.echo(
            f"This folder runs by the defaults of {read_adopted(home).release}; this is {present_release()}. "
            f"{len(waiting)} to adopt, {len(found) - len(waiting)} kept."
        )
    if waiting:
        sys.exit(1)
