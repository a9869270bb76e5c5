"""The release record: which release's defaults the folder uses, written at the first start."""

import json
from pathlib import Path

from graphkeep.server.config.envfile import write_config_file
from graphkeep.upkeep.defaults import NOTE, AdoptedDefaults, present_release


def record_release(home: Path) -> None:
    """Record the present release as the one whose defaults this folder uses, unless there is a record."""
    if not (home / NOTE).exists():
        write_release(home, AdoptedDefaults(release=present_release(), adopted={}))


def write_release(home: Path, note: AdoptedDefaults) -> None:
    payload = {"release": note.release, "adopted": note.adopted}
    path = home / NOTE
    is_new = not path.exists()
    write_config_file(path, (json.dumps(payload, indent=1) + "\n").encode())
    if is_new:
        path.chmod(0o660)  # like custom.env: the administrators' group may write it
