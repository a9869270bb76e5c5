"""The command line."""

import sys

import click
from django.db import OperationalError

from graphkeep.graph.errors import GraphkeepError
from graphkeep.server.cli.audit import audit
from graphkeep.server.cli.backup import backup, cache, data, reset, restore
from graphkeep.server.cli.bridge import bridge
from graphkeep.server.cli.checkout.dev import dev
from graphkeep.server.cli.checkout.fmt import fmt
from graphkeep.server.cli.checkout.lock import lock
from graphkeep.server.cli.checkout.prove import prove
from graphkeep.server.cli.checkout.test import test
from graphkeep.server.cli.config import config
from graphkeep.server.cli.connectors.group import connector
from graphkeep.server.cli.deployment.image import image
from graphkeep.server.cli.deployment.init import init
from graphkeep.server.cli.deployment.network import egress, firewall
from graphkeep.server.cli.deployment.tls import tls
from graphkeep.server.cli.deployment.upgrade import upgrade
from graphkeep.server.cli.doctor import doctor, preset
from graphkeep.server.cli.draw_layout import layout
from graphkeep.server.cli.migrate import migrate
from graphkeep.server.cli.organizations import key, org
from graphkeep.server.cli.people import user
from graphkeep.server.cli.permissions import is_access_denied, permission_message
from graphkeep.server.cli.secrets import secrets
from graphkeep.server.cli.serve import logs, ps, restart, stop, up, worker
from graphkeep.server.cli.supply import advisories, bundle, sbom
from graphkeep.server.cli.support import support
from graphkeep.server.compose.stack import ON_HOST, is_stack, run_in_stack
from graphkeep.server.config.env import home_folder
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.process.group_permissions import set_umask


@click.group()
@click.version_option(package_name="graphkeep", message="graphkeep %(version)s")
def commands() -> None:
    """Graphkeep: the open, self-hosted server for visual graph analytics."""


for verb in (
    init, up, stop, restart, ps, logs, user, org, key, config, connector, tls, egress, firewall, secrets, doctor, preset, audit, backup,
    restore, migrate, data, cache, reset, upgrade, image, sbom, advisories, bundle, support, layout, worker, bridge, test,
    prove, fmt, lock, dev,
):  # fmt: skip
    commands.add_command(verb)


def main() -> None:
    try:
        if sys.argv[1:2] != ["layout"]:  # writes the user's own files and uses no data folder
            set_umask(home_folder())
        if sys.argv[1:3] not in (["bridge", "run"], ["bridge", "reload"], ["bridge", "check"]):
            hand_over_to_containers(sys.argv[1:])
        commands()
    except (ConfigurationError, GraphkeepError) as error:
        click.echo(f"graphkeep: {error}", err=True)
        sys.exit(1 if isinstance(error.__cause__, PermissionError) else 2)
    except (PermissionError, OperationalError) as error:
        if not is_access_denied(error):
            raise
        click.echo(f"graphkeep: {permission_message(error)}", err=True)
        sys.exit(1)


def hand_over_to_containers(arguments: list[str]) -> None:
    """Run every command except start and stop inside the containers if a stack owns this folder."""
    if (
        arguments
        and arguments[0] in commands.commands
        and arguments[0] not in ON_HOST
        and "--help" not in arguments
    ):
        server_folder = home_folder()
        if is_stack(server_folder):
            sys.exit(run_in_stack(server_folder, arguments))
