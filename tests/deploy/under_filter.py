"""Run a program under the system calls that a unit allows, as systemd would by libseccomp.

under_filter.py [UNIT.service] PROGRAM WORD…    deploy/systemd/graphkeep.service unless another unit is named
"""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

UNIT = Path(__file__).parent.parent.parent / "deploy/systemd/graphkeep.service"
REFUSE, ALLOW = 0x00050000 | 1, 0x7FFF0000  # EPERM, as the unit says
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 38, 65


def members(name: str) -> set[str]:
    """The calls of a set of systemd's, and of the sets in it."""
    if not name.startswith("@"):
        return {name}
    words = ["systemd-analyze", "--no-pager", "syscall-filter", name]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    lines = [line.strip() for line in text.splitlines()[1:]]
    return {call for line in lines if line and not line.startswith("#") for call in members(line)}


def allowed(unit: Path) -> set[str]:
    calls: set[str] = set()
    for line in unit.read_text().splitlines():
        key, _, said = line.partition("=")
        if key == "SystemCallFilter":
            named = {call for one in said.lstrip("~").split() for call in members(one)}
            calls = calls - named if said.startswith("~") else calls | named
    return calls


def close(calls: set[str]) -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    held = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(REFUSE)))
    for call in sorted(calls):
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number != -1:
            library.seccomp_rule_add_array(held, ctypes.c_uint32(ALLOW), number, 0, None)
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if library.seccomp_load(held) != 0:
        raise SystemExit("the filter cannot be loaded")


if __name__ == "__main__":
    words = sys.argv[1:]
    unit = Path(words.pop(0)) if words[0].endswith(".service") else UNIT
    calls = allowed(unit)
    if "MemoryDenyWriteExecute=yes" in unit.read_text():
        ctypes.CDLL(None).prctl(PR_SET_MDWE, 1, 0, 0, 0)  # refused before Linux 6.3
    close(calls)
    os.execvp(words[0], words)
