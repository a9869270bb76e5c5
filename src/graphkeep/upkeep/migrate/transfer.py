"""To another machine: the secrets and a backup in one stream, which the other side restores or refuses whole."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize, may_administer
from graphkeep.graph.errors import UserInputError

FIRST_LINE = "graphkeep-migration 1"
MOST_SECRET_BYTES = 1 << 16
# In the folder of a checkout its own command, elsewhere the one that is installed.
REMOTE = (
    "cd {folder} && if [ -x ./graphkeep ]; then exec ./graphkeep migrate --receive; "
    'else GRAPHISTRY_HOME="$PWD" exec graphkeep migrate --receive; fi'
)


def send(backup: Path, secrets: dict[str, str], place: str, ssh: str, *, actor: Actor) -> str:
    """What the other side said at its end.

    Raises:
        UserInputError: it refused, or could not be reached.
    """
    authorize(may_administer, actor, None)
    host, _, folder = place.partition(":")
    if not host or not folder or host.startswith("-"):
        raise UserInputError("Say where to: USER@HOST:FOLDER")
    words = [*shlex.split(ssh), host, REMOTE.format(folder=shlex.quote(folder))]
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise UserInputError(f"{words[0]} cannot be started: {error}") from error
    if process.stdin is None:
        raise UserInputError(f"{words[0]} has no pipes.")
    try:
        process.stdin.write(f"{FIRST_LINE}\n{json.dumps(secrets)}\n".encode())
        with backup.open("rb") as source:
            while block := source.read(1 << 20):
                process.stdin.write(block)
    except BrokenPipeError:
        pass  # its own words tell why
    said, wrong = process.communicate()
    if process.returncode != 0:
        text = wrong.decode(errors="replace").strip() or said.decode(errors="replace").strip()
        raise UserInputError(f"The other side did not take it: {text[-500:]}")
    return said.decode(errors="replace").strip()


def open_transfer(stream: IO[bytes] | None = None) -> tuple[dict[str, str], IO[bytes]]:
    """The secrets that were sent, and the backup that follows.

    Raises:
        UserInputError: this is no migration.
    """
    source = stream or sys.stdin.buffer
    if source.readline(100).decode(errors="replace").strip() != FIRST_LINE:
        raise UserInputError("This is not a migration: graphkeep migrate --to-server sends one.")
    try:
        said: Any = json.loads(source.readline(MOST_SECRET_BYTES))
    except ValueError as error:
        raise UserInputError("The migration was cut.") from error
    return {str(name): str(text) for name, text in said.items()}, source


def own_secrets(names: tuple[str, ...]) -> dict[str, str]:
    """What signs and seals here, so that it does there."""
    found = {name: str(getattr(settings, name, "")) for name in names}
    found["DJANGO_SECRET_KEY"] = settings.SECRET_KEY
    found["DJANGO_SECRET_KEY_FALLBACKS"] = ",".join(settings.SECRET_KEY_FALLBACKS)
    return {name: text for name, text in found.items() if text}
