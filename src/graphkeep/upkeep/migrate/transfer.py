"""Migration to another machine: secrets and a backup in one stream, restored completely or not at all."""

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
# A checkout runs its own command, any other folder the installed one.
REMOTE = (
    "cd {folder} && if [ -x ./graphkeep ]; then exec ./graphkeep migrate --receive; "
    'else GRAPHISTRY_HOME="$PWD" exec graphkeep migrate --receive; fi'
)


def send(backup: Path, secrets: dict[str, str], target: str, ssh: str, *, actor: Actor) -> str:
    """Send the secrets and a backup over SSH; return the output of the remote command.

    Raises:
        UserInputError: the remote side refused the migration, or could not be reached.
    """
    authorize(may_administer, actor, None)
    host, _, folder = target.partition(":")
    if not host or not folder or host.startswith("-"):
        raise UserInputError("Give the target as USER@HOST:FOLDER")
    command = [*shlex.split(ssh), host, REMOTE.format(folder=shlex.quote(folder))]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise UserInputError(f"{command[0]} cannot be started: {error}") from error
    if process.stdin is None:
        raise UserInputError(f"{command[0]} has no pipes.")
    try:
        process.stdin.write(f"{FIRST_LINE}\n{json.dumps(secrets)}\n".encode())
        with backup.open("rb") as source:
            while block := source.read(1 << 20):
                process.stdin.write(block)
    except BrokenPipeError:
        pass  # its error output has the reason
    output, errors = process.communicate()
    if process.returncode != 0:
        text = errors.decode(errors="replace").strip() or output.decode(errors="replace").strip()
        raise UserInputError(f"The other side did not take it: {text[-500:]}")
    return output.decode(errors="replace").strip()


def open_transfer(stream: IO[bytes] | None = None) -> tuple[dict[str, str], IO[bytes]]:
    """Read the secrets of a migration stream; return them and the stream of the backup that follows.

    Raises:
        UserInputError: the stream is not a migration, or was cut off.
    """
    source = stream or sys.stdin.buffer
    if source.readline(100).decode(errors="replace").strip() != FIRST_LINE:
        raise UserInputError("This is not a migration: graphkeep migrate --to-server sends one.")
    try:
        secrets: Any = json.loads(source.readline(MOST_SECRET_BYTES))
    except ValueError as error:
        raise UserInputError("The migration was cut.") from error
    return {str(name): str(text) for name, text in secrets.items()}, source


def own_secrets(names: tuple[str, ...]) -> dict[str, str]:
    """Signing and encryption keys of this server that the target needs."""
    secrets = {name: str(getattr(settings, name, "")) for name in names}
    secrets["DJANGO_SECRET_KEY"] = settings.SECRET_KEY
    secrets["DJANGO_SECRET_KEY_FALLBACKS"] = ",".join(settings.SECRET_KEY_FALLBACKS)
    return {name: text for name, text in secrets.items() if text}
