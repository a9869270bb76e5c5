"""The folder's note of the release that made it: written once, at the first start."""

import json
from pathlib import Path

from graphkeep.server.config.envfile import write_config_file
from graphkeep.upkeep.defaults import NOTE, AdoptedDefaults, present_release


def record_release(home: Path) -> None:
    """Write down, once, which release's defaults this folder runs by."""
    if not (home / NOTE).exists():
        write_release(home, AdoptedDefaults(release=present_release(), adopted={}))


def write_release(home: Path, note: AdoptedDefaults) -> None:
    said = {"release": note.release, "adopted": note.adopted}
    path = home / NOTE
    is_new = not path.exists()
    write_config_file(path, (json.dumps(said, indent=1) + "\n").encode())
    if is_new:
        path.chmod(0o660)  # as custom.env: the server and its administrators share a group
