"""The process inside a cell: it shuts itself in, loads its libraries, and waits for one request.

`python -m graphkeep.sandbox.process SOCKET FOLDER RUNNER`. Everything comes by open files, which are handed over
with the request; nothing is opened by name but libraries. The order matters: namespaces need a single
thread, and Landlock holds for the threads that come after it.
"""

import importlib
import json
import os
import resource
import signal
import socket
import sys
import sysconfig
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graphkeep.sandbox.namespaces import become_nobody, leave_the_world, take_a_root
from graphkeep.sandbox.seccomp_landlock import LIBC, forbid_all_but_a_few_calls, forbid_other_files

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
REQUEST, ANSWER = 0, 1  # the first two of the files that are handed over
MOST_FILES = 200


@dataclass(frozen=True, kw_only=True)
class Walls:
    """Which walls of a cell stand."""

    namespaces: bool
    root: bool
    nobody: bool
    files: bool
    calls: bool

    @property
    def are_whole(self) -> bool:
        return not self.missing

    @property
    def confine(self) -> bool:
        """Enough for a query, which runs no code of the sender's: no network, no other files."""
        return self.calls and (self.files or self.root)

    @property
    def missing(self) -> list[str]:
        words = {
            "namespaces": "namespaces of its own",
            "root": "a root of its own",
            "nobody": "an unprivileged user",
            "files": "Landlock",
            "calls": "seccomp",
        }
        return [word for name, word in words.items() if not getattr(self, name)]


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    folder, runner = Path(sys.argv[2]), sys.argv[3]
    trees = libraries()
    has_worlds = leave_the_world()
    if has_worlds:
        enter_as_first_process()
    has_root = has_worlds and take_a_root(folder, trees)
    is_nobody = become_nobody()
    # A process that changed its user can be looked into no more.
    LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    has_files = forbid_other_files(trees, [])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (256, 256))
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
    has_calls = forbid_all_but_a_few_calls()
    walls = Walls(
        namespaces=has_worlds, root=has_root, nobody=is_nobody, files=has_files, calls=has_calls
    )
    run = importlib.import_module(runner).run
    os.write(control.fileno(), json.dumps(asdict(walls)).encode() + b"\n")
    _, handles, _, _ = socket.recv_fds(control, 16, MOST_FILES)
    if len(handles) < 2:
        return
    control.close()
    with os.fdopen(handles[REQUEST], "rb") as asked:
        request = json.loads(asked.read())
    limit(request["limits"])
    answer = run(request, handles[2:])
    with os.fdopen(handles[ANSWER], "wb") as told:
        told.write(json.dumps(answer).encode())
    os._exit(0)


def enter_as_first_process() -> None:
    """Go on in the new world; who started it waits outside, and both end together."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit(limits: dict[str, Any]) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + limits["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["result"], limits["result"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))


def libraries() -> list[Path]:
    """What Python and its packages are made of, and nothing of the server's own home."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    package = Path(__file__).resolve().parent.parent
    return [
        *(Path(sysconfig.get_paths()[name]) for name in names),
        *(Path(base) / "lib" for base in (sys.base_prefix, sys.prefix)),
        package,
        *(Path(one) for one in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo")),
        *(Path(one) for one in ("/etc/ld.so.cache", "/etc/localtime")),
    ]


if __name__ == "__main__":
    main()
