"""Landlock: a process restricts itself to the files that it names.

The packages for it are unmaintained, so this module makes the system calls through ctypes.
"""

import ctypes
import os
import struct
from pathlib import Path

from graphkeep.sandbox.libc import LIBC
from graphkeep.sandbox.seccomp import PR_SET_NO_NEW_PRIVS

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
READ_FILE, READ_DIR = 1 << 2, 1 << 3
RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}
RIGHTS_SINCE_5 = 16


def restrict_files(readable: list[Path]) -> bool:
    """Whether Landlock is active: only these trees can be opened from now on, and only to be read.

    It holds for this thread and those that it starts; files that are open already stay usable.
    """
    version = LIBC.syscall(CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    handled = (1 << RIGHTS_BY_VERSION.get(version, RIGHTS_SINCE_5)) - 1
    # Newer kernels also deny TCP, and other processes' abstract sockets and signals.
    rights = struct.pack("QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = LIBC.syscall(CREATE_RULESET, ctypes.c_char_p(rights), size, 0)
    if ruleset < 0:
        return False
    for path in readable:
        if path.exists():
            allow_reading(ruleset, path, handled)
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    status = LIBC.syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return int(status) == 0


def allow_reading(ruleset: int, path: Path, handled: int) -> None:
    rights = READ_FILE | READ_DIR if path.is_dir() else READ_FILE
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", rights & handled, handle)
    LIBC.syscall(ADD_RULE, ruleset, 1, ctypes.c_char_p(rule), 0)
    os.close(handle)
