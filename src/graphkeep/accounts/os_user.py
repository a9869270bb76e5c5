"""The user of the operating system who typed a command."""

import getpass
import os
import pwd
from pathlib import Path

LOGIN = Path("/proc/self/loginuid")
NOBODY = 2**32 - 1  # what the kernel says of a process that no login began


def operating_system_user() -> str:
    """Also through sudo, and through a shell that became another user."""
    try:
        return os.environ.get("SUDO_USER") or logged_in() or getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def logged_in() -> str:
    """Who logged in, as the kernel remembers it; nothing where it does not."""
    try:
        number = int(LOGIN.read_text())
    except (OSError, ValueError):
        return ""
    return "" if number == NOBODY else pwd.getpwuid(number).pw_name
