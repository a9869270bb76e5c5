"""The operating system user who runs a command."""

import getpass
import os
import pwd
from pathlib import Path

LOGIN = Path("/proc/self/loginuid")
NOBODY = 2**32 - 1  # the login uid of a process outside any login session


def operating_system_user() -> str:
    """The operating system user, also behind sudo or a shell that switched users."""
    try:
        return os.environ.get("SUDO_USER") or logged_in() or getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def logged_in() -> str:
    """The user name of the kernel's login uid; empty if it has none."""
    try:
        number = int(LOGIN.read_text())
    except (OSError, ValueError):
        return ""
    return "" if number == NOBODY else pwd.getpwuid(number).pw_name
