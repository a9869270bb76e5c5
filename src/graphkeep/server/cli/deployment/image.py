"""`graphkeep image`: a machine's image that many machines may start from."""

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
    """Images of machines."""


@image.command("seal")
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default="/",
    help="Where the image's file system lies; without it, this machine itself.",
)
@click.option("--home", default="", help="$GRAPHISTRY_HOME within the image; default: as here.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def seal_image(root: Path, home: str, *, yes: bool) -> None:
    """Remove secrets, database, host keys, logs, machine id and histories, so that each copy makes its own."""
    root = root.resolve()
    place = root / (home or str(home_folder())).lstrip("/")
    if not place.resolve().is_relative_to(root):
        raise ConfigurationError(f"{place} leads out of {root}")
    refuse_running(place)
    if not yes:
        click.confirm(f"Delete every account, graph and key below {place}, and the host's keys and logs in {root}?",
                      abort=True)  # fmt: skip
    from graphkeep.server import settings  # noqa: F401  # declares which names are secret

    names = frozenset(name for name, one in KNOWN.items() if one.secret)
    taken = clean_image(root, place, names | {f"{name}_FILE" for name in names})
    for one in taken:
        click.echo(one)
    click.echo(f"{len(taken)} things removed; the next start of each copy is a first one")


def refuse_running(place: Path) -> None:
    os.environ["GRAPHISTRY_HOME"] = str(place)
    runs = running_server() is not None
    if not runs and is_stack(place):
        runs = compose(place, "exec", "-T", "nexus", "true", is_quiet=True) == 0
    if runs:
        raise ConfigurationError(f"A server runs in {place}: end it with  graphkeep stop")
