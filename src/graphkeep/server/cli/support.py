"""`graphkeep support`: a bundle for whoever helps, written here or sent to the configured address."""

import os
from pathlib import Path

import click

from graphkeep.server.process.start import set_up_django


@click.group()
def support() -> None:
    """Make a bundle without secrets for whoever helps."""


@support.command()
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True)
def bundle(file: Path) -> None:
    """Write the bundle into a file; nothing leaves this machine."""
    set_up_django()
    from graphkeep.server.process.support import make_bundle

    made = make_bundle()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
        sink.write(made)
    click.echo(f"{file}: {len(made)} bytes; read it before you send it on")


@support.command()
def send() -> None:
    """Upload a fresh bundle to SUPPORT_URL."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.server.process.support import send_bundle

    click.echo(f"sent to {send_bundle(actor=CONSOLE)}")
