"""`graphkeep init`: create what a server needs before its first start."""

import click

from graphkeep.server.compose.containers import prepare_home
from graphkeep.server.config.env import home_folder
from graphkeep.server.process.group_permissions import share_with_group
from graphkeep.server.process.service import install_units
from graphkeep.server.process.start import prepare_configuration


@click.command()
@click.option(
    "--compose", is_flag=True, help="For compose.yml: folders, passwords and a Caddyfile."
)
@click.option(
    "--group", default="", help="Group of the server's administrators, who do not need root."
)
@click.option(
    "--systemd",
    is_flag=True,
    help="Create user and group graphkeep and install the systemd units; as root.",
)
def init(*, compose: bool, group: str, systemd: bool) -> None:
    """Create the configuration folder and the secrets; existing files are not changed."""
    if compose:
        prepare_home(home_folder())
    elif systemd:
        for line in install_units(home_folder(), prepare_configuration):
            click.echo(line)
    else:
        if group:
            share_with_group(home_folder(), group)
        prepare_configuration()
        if group:
            share_with_group(home_folder(), group)
    click.echo(f"{home_folder()}/data/config is ready")
