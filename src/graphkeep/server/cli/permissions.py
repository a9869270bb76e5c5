"""The error message for a user without permission on the folder of this server."""

import os
import pwd
from pathlib import Path

from django.db import OperationalError

from graphkeep.server.config.env import home_folder

# SQLite's error messages for a file or folder that this user may not open or write.
SQLITE_DENIED = ("unable to open database file", "attempt to write a readonly database")


def is_access_denied(error: PermissionError | OperationalError) -> bool:
    """Whether missing file permissions are the cause, including those that SQLite reports."""
    return isinstance(error, PermissionError) or str(error) in SQLITE_DENIED


def permission_message(error: BaseException) -> str:
    """One sentence: which file, and as which user to run the command instead."""
    server_folder = home_folder()
    filename = error.filename if isinstance(error, PermissionError) else None
    path = Path(os.fsdecode(filename)) if filename else server_folder / "data"
    user = user_name(os.geteuid())
    return (
        f"{user} has no permission for {path}: run this command as {owner_of(path, server_folder)}, "
        "or as a member of the group that administers this server."
    )


def owner_of(path: Path, home: Path) -> str:
    """The owner of this server's data, as far as the current user may see it."""
    for candidate in (home / "data", home, path):
        try:
            return user_name(candidate.stat().st_uid)
        except OSError:
            continue
    return "the user of this server"


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
