"""What a process gives up before it touches a stranger's bytes, queries or code.

No new privileges, limits on memory, time and file size, no network and no new programs (seccomp), no
files but its own (Landlock). Both are a few system calls by ctypes; the packages for them are stale.
"""

import ctypes
import os
import platform
import resource
import struct
from pathlib import Path

from graphkeep.sandbox.syscalls import ALLOWED, CLONE, CLONE3, CLONE_NEW_ANYTHING, CLONE_THREAD

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
ALLOW = 0x7FFF0000
DENY = 0x00050000 | 1  # EPERM
ABSENT = 0x00050000 | 38  # ENOSYS: the C library then asks by the older call

# each call: its number on x86_64 and on aarch64
DENIED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "listen": (50, 201), "sendto": (44, 206), "sendmsg": (46, 211), "execve": (59, 221),
    "execveat": (322, 281), "ptrace": (101, 117), "fork": (57, None), "vfork": (58, None),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "mount": (165, 40),
    "umount2": (166, 39), "unshare": (272, 97), "setns": (308, 268), "kexec_load": (246, 104),
    "init_module": (175, 105), "finit_module": (313, 273), "bpf": (321, 280),
    "io_uring_setup": (425, 425), "perf_event_open": (298, 241), "kill": (62, 129),
    "tgkill": (234, 131), "keyctl": (250, 219), "add_key": (248, 217), "userfaultfd": (323, 282),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
}  # fmt: skip
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
READ_FILE, READ_DIR, WRITE_FILE, TRUNCATE = 1 << 2, 1 << 3, 1 << 1, 1 << 14
WRITE_RIGHTS = WRITE_FILE | TRUNCATE | (1 << 5) | (1 << 8)  # remove and make plain files


def limit(memory_bytes: int, timeout_s: float) -> None:
    seconds = int(timeout_s) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory_bytes * 2, memory_bytes * 2))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forbid_network_and_programs() -> bool:
    """Whether the seccomp filter holds."""
    column = column_here()
    if column is None:
        return False
    program = []
    for number in numbers(DENIED, column):
        program += [(0x15, 0, 1, number), (0x06, 0, 0, DENY)]
    return install([*program, (0x06, 0, 0, ALLOW)])


def forbid_all_but_a_few_calls() -> bool:
    """Whether the seccomp filter holds that knows only the calls of `jail.calls`, and threads."""
    column = column_here()
    if column is None:
        return False
    program = []
    for number in numbers(ALLOWED, column):
        program += [(0x15, 0, 1, number), (0x06, 0, 0, ALLOW)]
    return install(
        [
            *program,
            (0x15, 0, 1, CLONE3[column]),
            (0x06, 0, 0, ABSENT),  # its flags lie in memory, where no filter can look
            (0x15, 0, 5, CLONE[column]),
            (0x20, 0, 0, 16),  # the lower half of its flags
            (0x45, 2, 0, CLONE_NEW_ANYTHING),
            (0x45, 0, 1, CLONE_THREAD),
            (0x06, 0, 0, ALLOW),
            (0x06, 0, 0, DENY),
            (0x06, 0, 0, DENY),
        ]
    )


def numbers(calls: dict[str, tuple[int | None, int | None]], column: int) -> list[int]:
    return [number for pair in calls.values() if (number := pair[column]) is not None]


def column_here() -> int | None:
    found = ARCHITECTURES.get(platform.machine())
    return found[1] if found else None


def install(rules: list[tuple[int, int, int, int]]) -> bool:
    """Whether the kernel took this filter; it holds for the whole life of the process."""
    arch, column = ARCHITECTURES[platform.machine()]
    if LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    program = [
        (0x20, 0, 0, 4),  # load the architecture
        (0x15, 1, 0, arch),
        (0x06, 0, 0, DENY),
        (0x20, 0, 0, 0),  # load the number of the call
    ]
    if column == 0:
        program += [(0x35, 0, 1, 0x40000000), (0x06, 0, 0, DENY)]  # the x32 twin of every call
    program += rules
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code)
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    answer = LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(head), 0, 0)
    return int(answer) == 0


def forbid_other_files(readable: list[Path], writable: list[Path]) -> bool:
    """Whether Landlock holds: only these trees can be opened from now on, by this thread and its own."""
    version = LIBC.syscall(LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    handled = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    # Newer kernels also keep it from TCP, and from others' abstract sockets and signals.
    rights = struct.pack("QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = LIBC.syscall(LANDLOCK_CREATE, ctypes.c_char_p(rights), size, 0)
    if ruleset < 0:
        return False
    for paths, allowed in (
        (readable, READ_FILE | READ_DIR),
        (writable, READ_FILE | READ_DIR | WRITE_RIGHTS),
    ):
        for path in paths:
            if not path.exists():
                continue
            held = allowed if path.is_dir() else allowed & (READ_FILE | WRITE_FILE | TRUNCATE)
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", held & handled, handle)
            LIBC.syscall(LANDLOCK_ADD, ruleset, 1, ctypes.c_char_p(rule), 0)
            os.close(handle)
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    held_now = LIBC.syscall(LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return int(held_now) == 0
