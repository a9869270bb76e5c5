"""`graphkeep image`: prepare a machine image from which many machines start."""

import os
from pathlib import Path

import click

from graphkeep.server.compose.image import clean_image
from graphkeep.server.compose.stack import compose, is_stack
from graphkeep.server.config.env import KNOWN, home_folder
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.process.running import running_server


@click.group()
def image() -> None:
    """Manage machine images."""


@image.command("seal")
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default="/",
    help="Root of the image's file system; default: this machine.",
)
@click.option(
    "--home",
    default="",
    help="$GRAPHISTRY_HOME within the image; default: the same as on this machine.",
)
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
def seal_image(root: Path, home: str, *, yes: bool) -> None:
    """Remove secrets, database, host keys, logs, machine id and histories, so that each copy creates its own."""
    root = root.resolve()
    server_folder = root / (home or str(home_folder())).lstrip("/")
    if not server_folder.resolve().is_relative_to(root):
        raise ConfigurationError(f"{server_folder} is outside of {root}")
    refuse_running(server_folder)
    if not yes:
        click.confirm(f"Delete every account, graph and key below {server_folder}, and the host's keys and logs in {root}?",
                      abort=True)  # fmt: skip
    from graphkeep.server import settings  # noqa: F401  # declares which settings are secret

    secret_names = frozenset(name for name, setting in KNOWN.items() if setting.secret)
    removed = clean_image(
        root, server_folder, secret_names | {f"{name}_FILE" for name in secret_names}
    )
    for line in removed:
        click.echo(line)
    click.echo(f"{len(removed)} items removed; each copy initializes itself at its first start")


def refuse_running(folder: Path) -> None:
    os.environ["GRAPHISTRY_HOME"] = str(folder)
    is_running = running_server() is not None
    if not is_running and is_stack(folder):
        is_running = compose(folder, "exec", "-T", "nexus", "true", is_quiet=True) == 0
    if is_running:
        raise ConfigurationError(f"A server is running in {folder}: stop it with  graphkeep stop")
