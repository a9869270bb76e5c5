"""A home that a group administers: its folders hand their group down, and what is written there is for its members.

The setgid bit of `data/config` says so. Everywhere else only the server's own user may write.
"""

import grp
import os
import shutil
import stat
from pathlib import Path

from graphkeep.server.config.envfile import ConfigurationError

FOLDER, FILE = 0o2770, 0o660


def is_shared(home: Path) -> bool:
    try:
        return bool((home / "data/config").stat().st_mode & stat.S_ISGID)
    except OSError:
        return False


def set_umask(home: Path) -> None:
    """What is written is read by the group, and written by it where the group administers."""
    os.umask(0o007 if is_shared(home) else 0o027)


def share_with_group(home: Path, group: str) -> None:
    """Give all that lies below data/ to a group; everybody else is kept out."""
    try:
        grp.getgrnam(group)
    except KeyError as error:
        raise ConfigurationError(
            f"There is no group {group}: groupadd {group} makes it."
        ) from error
    (home / "data/config").mkdir(parents=True, exist_ok=True)
    data = home / "data"
    for path in (data, *data.rglob("*")):
        if path.is_symlink():
            continue
        try:
            shutil.chown(path, group=group)
            path.chmod(FOLDER if path.is_dir() else FILE)
        except PermissionError as error:
            raise ConfigurationError(
                f"{path} cannot be given to {group}: only its owner, as a member of that group, or root can."
            ) from error
    os.umask(0o007)


def let_group_write(database: Path) -> None:
    """SQLite makes its file for its owner alone, and the files beside it with the same rights."""
    if not database.exists():
        database.touch(mode=FILE)
    if database.stat().st_uid == os.geteuid():
        database.chmod(FILE)
