"""Group permissions of a home that a group administers: setgid folders, files that the group may write.

The setgid bit of `data/config` marks such a home. In any other home only the server's user may write.
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
    """Set the umask: new files are readable by the group, and writable if the group administers the home."""
    os.umask(0o007 if is_shared(home) else 0o027)


def share_with_group(home: Path, group: str) -> None:
    """Give data/ and everything below it to a group, without access for others.

    Raises:
        ConfigurationError: the group does not exist, or the process may not change a file.
    """
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
    """Make the SQLite file writable by the group; SQLite copies its mode to the journal files."""
    if not database.exists():
        database.touch(mode=FILE)
    if database.stat().st_uid == os.geteuid():
        database.chmod(FILE)
