"""The server as a systemd service: its own user, an administrators' group, and hardened units."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.process.group_permissions import share_with_group

NAME = "graphkeep"
UNITS = ("graphkeep.service", "graphkeep-backup.service", "graphkeep-backup.timer")
TEMPLATES = Path(__file__).resolve().parents[4] / "deploy/systemd"
INSTALLED = Path("/etc/systemd/system")


def install_units(home: Path, prepare: Callable[[], None]) -> list[str]:
    """Create the user and install the units; returns the commands to run next.

    Raises:
        ConfigurationError: not root, or not a checkout: a wheel has no units.
    """
    if os.geteuid() != 0:
        raise ConfigurationError(
            "Users and units are made by root: sudo ./graphkeep init --systemd"
        )
    if not TEMPLATES.is_dir():
        raise ConfigurationError(
            "The systemd units are in deploy/systemd of the checkout; run the command from there."
        )
    make_user(home)
    prepare()
    share_with_group(home, NAME)
    for path in (home / "data", *(home / "data").rglob("*")):
        shutil.chown(path, user=NAME)
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for unit in UNITS:
        (INSTALLED / unit).write_text(render_unit(unit, home))
    return [
        f"units: {', '.join(UNITS)} in {INSTALLED}",
        "start: systemctl daemon-reload && systemctl enable --now graphkeep graphkeep-backup.timer",
        "administrators: usermod -aG graphkeep NAME; they need no sudo but for systemctl, see graphkeep.sudoers",
    ]


def render_unit(unit: str, home: Path) -> str:
    """A unit file with the paths of this machine."""
    text = (TEMPLATES / unit).read_text()
    command = Path(sys.executable).parent / "graphkeep"
    return text.replace("/opt/graphkeep/.venv/bin/graphkeep", str(command)).replace(
        "/var/graphistry", str(home)
    )


def make_user(home: Path) -> None:
    command = [shutil.which("useradd", path=f"{os.environ['PATH']}:/usr/sbin") or "useradd"]
    arguments = ["--system", "--user-group", "--home-dir", str(home), "--no-create-home"]
    existing = subprocess.run(["id", "-u", NAME], capture_output=True, check=False)
    if existing.returncode != 0:
        subprocess.run([*command, *arguments, "--shell", "/usr/sbin/nologin", NAME], check=True)
