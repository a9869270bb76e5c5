"""The stack of compose.yml, driven from outside of it by the commands of a plain server."""

import shutil
import subprocess
import sys
from pathlib import Path

from graphkeep.accounts.os_user import operating_system_user
from graphkeep.server.compose.containers import kind_of
from graphkeep.server.config.envfile import ConfigurationError

ON_HOST = {"up", "stop", "restart", "ps", "logs", "image", "worker", "test", "prove", "layout"}
AS_INIT = {"init", "tls"}  # they change files of other containers
WHILE_STOPPED = {"restore", "reset", "cache"}


def is_stack(home: Path) -> bool:
    """Whether the home belongs to containers, seen from outside of them: they hold no docker command."""
    return shutil.which("docker") is not None and kind_of(home) == "compose"


def compose(home: Path, *words: str, is_quiet: bool = False) -> int:
    """What `docker compose` ends with, typed in the home folder."""
    if shutil.which("docker") is None:
        raise ConfigurationError(
            "docker is not installed here; see docs/how-to/deploy/install-with-compose.md"
        )
    done = subprocess.run(
        ["docker", "compose", *words],
        cwd=home,
        check=False,
        stdout=subprocess.DEVNULL if is_quiet else None,
    )
    return done.returncode


def start_stack(home: Path, *, detach: bool) -> int:
    code = compose(home, "up", *(["-d", "--wait"] if detach else []))
    if code and detach:
        raise ConfigurationError(
            "The containers did not start; see  graphkeep logs. "
            "Where an image is missing, deploy/images/build.sh makes it."
        )
    return code


def restart_stack(home: Path) -> int:
    """The web server under the configuration as it is now; the worker follows it by itself."""
    if compose(home, "exec", "-T", "nexus", "graphkeep", "config", "list", is_quiet=True):
        raise ConfigurationError("The configuration cannot be used, and the former one goes on.")
    return compose(home, "up", "-d", "--force-recreate", "--no-deps", "--wait", "nexus")


def run_in_stack(home: Path, words: list[str]) -> int:
    """Run a command within the stack, in the name of who typed it."""
    who = ["-e", f"SUDO_USER={operating_system_user()}", "-w", "/graphkeep"]
    quiet = [] if sys.stdin.isatty() else ["-T"]
    if words[0] in AS_INIT:
        way = ["run", "--rm", "--no-deps", *quiet, *who, "init"]
    elif words[0] in WHILE_STOPPED:
        way = ["run", "--rm", *quiet, *who, "nexus"]
    else:
        way = ["exec", *quiet, *who, "nexus"]
    return compose(home, *way, "graphkeep", *words)
