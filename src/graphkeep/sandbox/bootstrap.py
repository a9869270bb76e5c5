"""Runs inside a sandbox process: isolates it, loads the runner's libraries, and answers one request.

`python -m graphkeep.sandbox.bootstrap SOCKET STATUS FOLDER RUNNER [READABLE…]`. Requests, inputs and outputs are open
files, which are handed over with the request; only libraries, and what is named as readable, are opened by name. The order matters: namespaces need a
single thread, and Landlock holds for the threads that start after it.

STATUS is a pipe that only the process outside the namespaces may write to. It reports there that every process
inside has ended, before the kernel takes the namespaces apart, which needs longer than a small request.
"""

import importlib
import json
import os
import signal
import socket
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graphkeep.sandbox.isolation import IsolationReport
from graphkeep.sandbox.landlock import restrict_files
from graphkeep.sandbox.libc import LIBC
from graphkeep.sandbox.limits import set_process_limits, set_request_limits
from graphkeep.sandbox.namespaces import drop_privileges, pivot_root, unshare_namespaces
from graphkeep.sandbox.outcomes import DISK_FULL, resource_of
from graphkeep.sandbox.process import plugin_folders
from graphkeep.sandbox.seccomp import restrict_syscalls

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
REQUEST, ANSWER = 0, 1  # the first two of the files that are handed over
MAX_FILES = 200
PACKAGE = Path(__file__).resolve().parent.parent

Runner = Callable[[Mapping[str, Any], Sequence[int]], dict[str, Any]]


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    readable = [Path(path) for path in sys.argv[5:]]
    report = isolate(Path(sys.argv[3]), status_pipe=int(sys.argv[2]), readable=readable)
    run: Runner = importlib.import_module(sys.argv[4]).run
    os.write(control.fileno(), json.dumps(asdict(report)).encode() + b"\n")
    _, handles, _, _ = socket.recv_fds(control, 16, MAX_FILES)
    if len(handles) < 2:
        return
    control.close()
    with os.fdopen(handles[REQUEST], "rb") as request_file:
        request = json.loads(request_file.read())
    set_request_limits(request["limits"])
    answer = run(request, handles[2:])
    os._exit(write_answer(handles[ANSWER], json.dumps(answer).encode()))


def write_answer(handle: int, text: bytes) -> int:
    """Write to the file and close it; returns the exit status that says whether all of it is there."""
    try:
        with os.fdopen(handle, "wb") as answer_file:
            answer_file.write(text)
    except OSError as error:
        if resource_of(error) == "disk":
            return DISK_FULL
        raise
    return 0


def isolate(folder: Path, *, status_pipe: int, readable: Sequence[Path] = ()) -> IsolationReport:
    """Isolate this process as far as this machine allows; `folder` becomes its root."""
    trees = [*library_trees(), *readable]
    has_namespaces = unshare_namespaces()
    if has_namespaces:
        fork_into_namespaces(status_pipe)
    os.close(status_pipe)
    has_own_root = has_namespaces and pivot_root(folder, trees)
    is_unprivileged = drop_privileges(
        [PACKAGE, PACKAGE / "graph/errors.py", Path(os.__file__), *files_in(readable)]
    )
    # Nobody may trace or read a process that has changed its user.
    LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    has_landlock = restrict_files(trees)
    set_process_limits()
    has_seccomp = restrict_syscalls()
    return IsolationReport(
        namespaces=has_namespaces,
        own_root=has_own_root,
        unprivileged=is_unprivileged,
        landlock=has_landlock,
        seccomp=has_seccomp,
    )


def fork_into_namespaces(status_pipe: int) -> None:
    """Continue as the first process of the new namespaces; the parent waits outside, and both end together.

    The first process of a PID namespace is reaped only after every other process in it, so the exit status that
    the parent writes to `status_pipe` means that nothing can write to the outputs any more.
    """
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        exit_code = os.waitstatus_to_exitcode(status) & 0xFF
        os.write(status_pipe, bytes([exit_code]))
        os._exit(exit_code)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def files_in(paths: Sequence[Path]) -> list[Path]:
    """These files, and those directly in these folders."""
    return [
        file
        for path in paths
        for file in (path, *(sorted(path.iterdir())[:1000] if path.is_dir() else ()))
        if not file.is_symlink()
    ]


def library_trees() -> list[Path]:
    """Python, its packages and the system's libraries; nothing of the server's data folder."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    site = PACKAGE.parent
    return [
        *(Path(sysconfig.get_paths()[name]) for name in names),
        *(Path(prefix) / "lib" for prefix in (sys.base_prefix, sys.prefix)),
        site if site.name in {"site-packages", "dist-packages"} else PACKAGE,
        *(Path(folder) for folder in plugin_folders(site)),
        *map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo")),
        *map(Path, ("/etc/ld.so.cache", "/etc/localtime")),
    ]


if __name__ == "__main__":
    main()
