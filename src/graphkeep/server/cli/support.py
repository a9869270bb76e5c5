"""`graphkeep support`: a support bundle, written to a file or sent to the configured address."""

import os
from pathlib import Path

import click

from graphkeep.server.process.start import set_up_django


@click.group()
def support() -> None:
    """Create a support bundle without secrets."""


@support.command()
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True)
def bundle(file: Path) -> None:
    """Write a support bundle to a file; nothing is sent."""
    set_up_django()
    from graphkeep.server.process.support import make_bundle

    content = make_bundle()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
        sink.write(content)
    click.echo(f"{file}: {len(content)} bytes; read it before you send it")


@support.command()
def send() -> None:
    """Upload a new support bundle to SUPPORT_URL."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.server.process.support import send_bundle

    click.echo(f"sent to {send_bundle(actor=CONSOLE)}")
