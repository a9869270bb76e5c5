"""Namespaces for one process: no network, no other processes, a root that holds only libraries.

Available where the server runs as root, or where the kernel lets an ordinary user create user namespaces. It
must happen while the process has one thread. Inside, everything belongs to the user nobody (65534), who has no
capability left.
"""

import ctypes
import os
import struct
from pathlib import Path

from graphkeep.sandbox.libc import LIBC, check

NOBODY = 65534
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
ALL_NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND = 1, 2, 4, 32, 4096
MS_REC, MS_PRIVATE, MS_RELATIME = 16384, 1 << 18, 1 << 21
MNT_DETACH = 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
CAPSET = {"x86_64": 126, "aarch64": 91}
LOCKED_FLAGS = 2 | 4 | 8 | 1024 | 2048  # mount flags that a user namespace cannot clear


def unshare_namespaces() -> bool:
    """Whether this process has namespaces of its own; its next child is the first process in them."""
    user, group = os.geteuid(), os.getegid()
    if user == 0 and LIBC.unshare(ALL_NAMESPACES) == 0:
        return True
    if LIBC.unshare(CLONE_NEWUSER | ALL_NAMESPACES) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
    except OSError:
        return False
    return True


def pivot_root(folder: Path, trees: list[Path]) -> bool:
    """Whether the root is now one that holds these trees alone, all read-only."""
    os.umask(0o022)  # nobody must be able to pass through the folders that are made here
    try:
        mount("none", Path("/"), "", MS_REC | MS_PRIVATE)
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
        for tree in outermost(trees):
            bind_read_only(tree, folder / tree.relative_to("/"))
        mount("none", folder, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
        os.chdir(folder)
        check(LIBC.syscall(PIVOT_ROOT[os.uname().machine], b".", b"."))
        check(LIBC.umount2(b".", MNT_DETACH))
        os.chdir("/")
    except (OSError, KeyError):
        return False
    return True


def drop_privileges(libraries: list[Path]) -> bool:
    """Whether this process is nobody without any capability.

    Where nobody may not read these libraries (a checkout that only root may enter), the user stays, and only the
    capabilities go: without its libraries the process could not start.
    """
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            if can_nobody_read(libraries):
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
        head = struct.pack("Ii", 0x20080522, 0)
        no_capabilities = bytes(24)
        check(LIBC.syscall(CAPSET[os.uname().machine], head, no_capabilities))
    except (OSError, KeyError):
        return False
    return os.geteuid() == NOBODY == os.getuid()


def can_nobody_read(paths: list[Path]) -> bool:
    """Whether the user nobody may open each of these files and folders. Only root may ask."""
    LIBC.setfsgid(NOBODY)
    LIBC.setfsuid(NOBODY)
    try:
        for path in paths:
            os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    except PermissionError:
        return False
    finally:
        LIBC.setfsuid(0)
        LIBC.setfsgid(0)
    return True


def outermost(trees: list[Path]) -> list[Path]:
    """The existing trees, without those inside another one; a link counts as itself."""
    existing = sorted({tree for tree in trees if tree.exists()})
    return [
        tree
        for tree in existing
        if not any(tree != parent and tree.is_relative_to(parent) for parent in existing)
    ]


def bind_read_only(tree: Path, target: Path) -> None:
    """Mount this tree at `target`, read-only; the folders that lead to it are made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if tree.is_symlink() and tree.is_dir():
        target.symlink_to(tree.readlink())
        return
    if tree.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    mount(str(tree), target, "", MS_BIND)
    mount_flags = os.statvfs(target).f_flag
    flags = (mount_flags & LOCKED_FLAGS) | (MS_RELATIME if mount_flags & 4096 else 0)
    mount("none", target, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | flags)


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
