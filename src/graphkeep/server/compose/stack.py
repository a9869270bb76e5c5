"""The docker compose stack, controlled from the host by the same commands as a plain server."""

import shutil
import subprocess
import sys
from pathlib import Path

from graphkeep.accounts.os_user import operating_system_user
from graphkeep.server.compose.containers import kind_of
from graphkeep.server.config.envfile import ConfigurationError

ON_HOST = {"up", "stop", "restart", "ps", "logs", "image", "worker", "test", "prove", "layout"}
AS_INIT = {"init", "tls"}  # they write files of other containers
WHILE_STOPPED = {"restore", "reset", "cache"}


def is_stack(home: Path) -> bool:
    """Whether the home belongs to a compose stack and this is the host: containers have no docker command."""
    return shutil.which("docker") is not None and kind_of(home) == "compose"


def compose(home: Path, *words: str, is_quiet: bool = False) -> int:
    """Run `docker compose` in the home folder; returns its exit status.

    Raises:
        ConfigurationError: docker is not installed.
    """
    if shutil.which("docker") is None:
        raise ConfigurationError(
            "docker is not installed; see docs/how-to/deploy/install-with-compose.md"
        )
    completed = subprocess.run(
        ["docker", "compose", *words],
        cwd=home,
        check=False,
        stdout=subprocess.DEVNULL if is_quiet else None,
    )
    return completed.returncode


def start_stack(home: Path, *, detach: bool) -> int:
    code = compose(home, "up", *(["-d", "--wait"] if detach else []))
    if code and detach:
        raise ConfigurationError(
            "The containers did not start; see  graphkeep logs. "
            "Where an image is missing, deploy/images/build.sh makes it."
        )
    return code


def restart_stack(home: Path) -> int:
    """Restart the web server with the current configuration; the worker follows by itself.

    Raises:
        ConfigurationError: the configuration is invalid; nothing was restarted.
    """
    if compose(home, "exec", "-T", "nexus", "graphkeep", "config", "list", is_quiet=True):
        raise ConfigurationError("The configuration cannot be used, and the former one goes on.")
    return compose(home, "up", "-d", "--force-recreate", "--no-deps", "--wait", "nexus")


def run_in_stack(home: Path, arguments: list[str]) -> int:
    """Run a graphkeep command in the stack, attributed to the user who typed it; returns its exit status."""
    options = ["-e", f"SUDO_USER={operating_system_user()}", "-w", "/graphkeep"]
    no_tty = [] if sys.stdin.isatty() else ["-T"]
    if arguments[0] in AS_INIT:
        command = ["run", "--rm", "--no-deps", *no_tty, *options, "init"]
    elif arguments[0] in WHILE_STOPPED:
        command = ["run", "--rm", *no_tty, *options, "nexus"]
    else:
        command = ["exec", *no_tty, *options, "nexus"]
    return compose(home, *command, "graphkeep", *arguments)
