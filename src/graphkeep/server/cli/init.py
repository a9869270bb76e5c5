"""`graphkeep init`: what a server needs beside it, made before its first start."""

import click

from graphkeep.server.cli.start import prepare
from graphkeep.server.containers import prepare_home
from graphkeep.server.env import home_folder


@click.command()
@click.option(
    "--compose", is_flag=True, help="For compose.yml: folders, passwords and a Caddyfile."
)
def init(*, compose: bool) -> None:
    """Make the configuration folder and the secrets; what is there stays."""
    if compose:
        prepare_home(home_folder())
    else:
        prepare()
    click.echo(f"{home_folder()}/data/config is ready")
