"""A world of its own for one process: no network, no other processes, a root that holds libraries alone.

Made where the server is root or the kernel lets a plain user make user namespaces. It must be done while the
process has one thread. Inside, everything belongs to nobody (65534), who has no capability left.
"""

import ctypes
import os
import struct
from pathlib import Path

from graphkeep.sandbox.seccomp_landlock import LIBC

NOBODY = 65534
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
EVERY_WORLD = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND = 1, 2, 4, 32, 4096
MS_REC, MS_PRIVATE, MS_RELATIME = 16384, 1 << 18, 1 << 21
MNT_DETACH = 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
CAPSET = {"x86_64": 126, "aarch64": 91}
KEPT_BY_THE_KERNEL = 2 | 4 | 8 | 1024 | 2048  # flags that a user namespace may not take off


def leave_the_world() -> bool:
    """Whether this process has namespaces of its own; its next child is the first process of one."""
    user, group = os.geteuid(), os.getegid()
    if user == 0 and LIBC.unshare(EVERY_WORLD) == 0:
        return True
    if LIBC.unshare(CLONE_NEWUSER | EVERY_WORLD) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
    except OSError:
        return False
    return True


def take_a_root(folder: Path, trees: list[Path]) -> bool:
    """Whether the root is now one that holds these trees alone, and nothing in it can be written."""
    os.umask(0o022)  # nobody must find the way through the folders that are made here
    try:
        mount("none", Path("/"), "", MS_REC | MS_PRIVATE)
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
        for tree in outermost(trees):
            show(tree, folder / tree.relative_to("/"))
        mount("none", folder, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
        os.chdir(folder)
        check(LIBC.syscall(PIVOT_ROOT[os.uname().machine], b".", b"."))
        check(LIBC.umount2(b".", MNT_DETACH))
        os.chdir("/")
    except (OSError, KeyError):
        return False
    return True


def become_nobody() -> bool:
    """Whether neither a right nor a name of the server's is left."""
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        head = struct.pack("Ii", 0x20080522, 0)
        none = bytes(24)
        check(LIBC.syscall(CAPSET[os.uname().machine], head, none))
    except (OSError, KeyError):
        return False
    return os.geteuid() == NOBODY == os.getuid()


def outermost(trees: list[Path]) -> list[Path]:
    """Without those that lie in another one; a link is shown as one."""
    there = sorted({tree for tree in trees if tree.exists()})
    return [
        one
        for one in there
        if not any(one != other and one.is_relative_to(other) for other in there)
    ]


def show(tree: Path, at: Path) -> None:
    """This tree, read-only, at this place; what leads to it is made."""
    at.parent.mkdir(parents=True, exist_ok=True)
    if tree.is_symlink() and tree.is_dir():
        at.symlink_to(tree.readlink())
        return
    if tree.is_dir():
        at.mkdir(exist_ok=True)
    else:
        at.touch()
    mount(str(tree), at, "", MS_BIND)
    kept = os.statvfs(at).f_flag
    flags = (kept & KEPT_BY_THE_KERNEL) | (MS_RELATIME if kept & 4096 else 0)
    mount("none", at, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | flags)


def mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    check(
        LIBC.mount(
            source.encode(),
            str(target).encode(),
            kind.encode() or None,
            ctypes.c_ulong(flags),
            options.encode() or None,
        )
    )


def check(answer: int) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
