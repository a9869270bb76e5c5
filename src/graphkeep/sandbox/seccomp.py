"""seccomp: a process restricts itself to the system calls listed in `syscalls`.

The packages for it are unmaintained, so the filter is assembled here, in the instructions of classic BPF.
"""

import ctypes
import platform
import struct

from graphkeep.sandbox.libc import LIBC
from graphkeep.sandbox.syscalls import ALLOWED, CLONE, CLONE3, CLONE_NEW_ANYTHING, CLONE_THREAD

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
ALLOW = 0x7FFF0000
DENY = 0x00050000 | 1  # EPERM
ABSENT = 0x00050000 | 38  # ENOSYS: the C library then falls back to the older call
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
LOAD, JUMP_IF_EQUAL, JUMP_IF_ANY_BIT, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
X32_CALLS = 0x40000000

Instruction = tuple[int, int, int, int]


def restrict_syscalls() -> bool:
    """Whether the filter is active: only the listed calls and new threads, for the life of the process."""
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        return False
    return install(filter_program(*architecture))


def filter_program(arch: int, column: int) -> list[Instruction]:
    """The filter for one architecture; `column` is its column in the table of calls."""
    program = [(LOAD, 0, 0, 4), (JUMP_IF_EQUAL, 1, 0, arch), (RETURN, 0, 0, DENY), (LOAD, 0, 0, 0)]
    if column == 0:
        program += [(JUMP_IF_AT_LEAST, 0, 1, X32_CALLS), (RETURN, 0, 0, DENY)]
    for numbers in ALLOWED.values():
        number = numbers[column]
        if number is not None:
            program += [(JUMP_IF_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    return [
        *program,
        (JUMP_IF_EQUAL, 0, 1, CLONE3[column]),
        (RETURN, 0, 0, ABSENT),  # its flags are in memory, where no filter can look
        (JUMP_IF_EQUAL, 0, 5, CLONE[column]),
        (LOAD, 0, 0, 16),  # the lower half of its flags
        (JUMP_IF_ANY_BIT, 2, 0, CLONE_NEW_ANYTHING),
        (JUMP_IF_ANY_BIT, 0, 1, CLONE_THREAD),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, DENY),
        (RETURN, 0, 0, DENY),
    ]


def install(program: list[Instruction]) -> bool:
    """Whether the kernel took this filter."""
    if LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code)
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    status = LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(head), 0, 0)
    return int(status) == 0
