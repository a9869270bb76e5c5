"""Cells: single-use processes in which queries and people's code run, a few at once and each for a while.

Whoever asks waits without work of its own. A process waits, already shut in and with its libraries loaded,
for the next request; requests, tables and results are open files, so a cell needs no path and no socket.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from graphkeep.graph.errors import BusyError, LimitExceededError, UnavailableError
from graphkeep.sandbox.process import Walls

OWN_ADDRESS_SPACE = 1 << 30  # what the interpreter and its libraries map before any work
START_S = 60
FORBIDDEN = 97  # how a cell ends that was about to run what nobody wrote


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one request may take."""

    memory_bytes: int
    seconds: float
    result_bytes: int


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What a cell left: its answer, and the files that it was given to write, until this is closed."""

    answer: dict[str, Any]
    files: tuple[IO[bytes], ...]
    seconds: float

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files:
            file.close()


class Cells:
    """`home` is a folder for results that nobody has taken yet; they have no names there."""

    def __init__(
        self, runner: str, *, home: Path, limits: Limits, most: int, patience_s: float = 10
    ) -> None:
        self.runner = runner
        self.home = home
        self.limits = limits
        self.most = most
        self.patience_s = patience_s
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._waiting: Cell | None = None

    def run(
        self, request: dict[str, Any], tables: Sequence[Path], *, whole: bool, files: int = 3
    ) -> Ended:
        """Answer a request in a cell that then ends.

        Raises:
            BusyError: as many cells are at work as may be.
            UnavailableError: the walls that this request needs cannot be built here.
            LimitExceededError: it takes more memory or time than allowed.
        """
        if not self._free.acquire(timeout=self.patience_s):
            raise BusyError(
                f"{self.most} requests of this kind are at work. Ask again in a moment."
            )
        try:
            cell = self._take()
            try:
                check(cell.walls, whole=whole)
                return cell.work(request, tables, self.limits, files)
            finally:
                cell.end()
                threading.Thread(target=self.warm, daemon=True).start()
        finally:
            self._free.release()

    def walls(self) -> Walls:
        """Which walls can be built here."""
        cell = Cell(self.runner, self.home)
        try:
            return cell.walls
        finally:
            cell.end()

    def warm(self) -> None:
        """Have a cell ready for the next request."""
        with self._lock:
            if self._waiting is None:
                with contextlib.suppress(UnavailableError):  # whoever needs it is told
                    self._waiting = Cell(self.runner, self.home)

    def close(self) -> None:
        with self._lock:
            if self._waiting is not None:
                self._waiting.end()
                self._waiting = None

    def _take(self) -> "Cell":
        with self._lock:
            cell, self._waiting = self._waiting, None
        if cell is None or cell.process.poll() is not None:
            return Cell(self.runner, self.home)
        return cell


def check(walls: Walls, *, whole: bool) -> None:
    if whole and not walls.are_whole:
        raise UnavailableError(
            "This server cannot shut people's code in safely, so it runs none: it lacks "
            f"{', '.join(walls.missing)}. `graphkeep doctor --topic api` tells more."
        )
    if not walls.confine:
        raise UnavailableError(
            "This server cannot confine queries, so it runs none: it lacks "
            f"{', '.join(walls.missing)}. `graphkeep doctor --topic api` tells more."
        )


class Cell:
    """One process. It is ready when this is made.

    Raises:
        UnavailableError: it does not start.
    """

    def __init__(self, runner: str, home: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        ours, theirs = socket.socketpair()
        folder = tempfile.mkdtemp(dir=home, prefix="cell-")
        try:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-s",
                    "-m",
                    "graphkeep.sandbox.process",
                    str(theirs.fileno()),
                    folder,
                    runner,
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=environment(),
                cwd="/",
                start_new_session=True,
            )
            theirs.close()
            self.control = ours
            self.walls = self._walls()
        finally:
            theirs.close()
            Path(folder).rmdir()

    def _walls(self) -> Walls:
        self.control.settimeout(START_S)
        try:
            with self.control.makefile("rb") as said:
                line = said.readline()
        except TimeoutError:
            line = b""
        if not line:
            self.end()
            raise UnavailableError("The process that would answer this does not start here.")
        return Walls(**json.loads(line))

    def work(
        self, request: dict[str, Any], tables: Sequence[Path], limits: Limits, files: int
    ) -> Ended:
        began = time.monotonic()
        opened: list[int] = []
        with scratch(self.home, 2 + files) as (asked, told, *written):
            mapped = 0
            try:
                for path in tables:
                    opened.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
                    mapped += os.fstat(opened[-1]).st_size
                bounds = {
                    "memory": limits.memory_bytes + OWN_ADDRESS_SPACE + mapped,
                    "seconds": limits.seconds,
                    "result": limits.result_bytes,
                }
                asked.write(json.dumps({**request, "limits": bounds}).encode())
                asked.flush()
                asked.seek(0)
                handles = [one.fileno() for one in (asked, told, *written)]
                socket.send_fds(self.control, [b"now"], [*handles, *opened])
            except BrokenPipeError as error:
                raise UnavailableError("The process that would answer this is gone.") from error
            finally:
                for handle in opened:
                    os.close(handle)
            in_time = self._wait(limits.seconds)
            seconds = time.monotonic() - began
            answer = answer_of(told)
            if answer is None:
                raise unanswered(self._code(), in_time=in_time, limits=limits)
            for one in written:
                one.seek(0)
            kept = tuple(os.fdopen(os.dup(one.fileno()), "rb") for one in written)
            return Ended(answer=answer, files=kept, seconds=seconds)

    def _wait(self, seconds: float) -> bool:
        """Whether it ended by itself."""
        handle = os.pidfd_open(self.process.pid)
        try:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        finally:
            os.close(handle)

    def _code(self) -> int:
        code = self.process.poll()
        return 0 if code is None else code

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.control.close()


def answer_of(told: IO[bytes]) -> dict[str, Any] | None:
    told.seek(0)
    try:
        found = json.loads(told.read(1 << 20))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def unanswered(code: int, *, in_time: bool, limits: Limits) -> Exception:
    out_of_time = -signal.SIGXCPU & 0xFF, -signal.SIGKILL & 0xFF
    if not in_time or code in out_of_time:
        return LimitExceededError(
            f"This takes longer than {limits.seconds:.0f} s. Ask for less, or ask the administrator "
            "to raise GRAPHKEEP_COMPUTE_TIMEOUT."
        )
    if code == FORBIDDEN:
        return LimitExceededError("This reaches for something that does not run here.")
    return too_much_memory(limits)


def too_much_memory(limits: Limits) -> LimitExceededError:
    return LimitExceededError(
        f"This needs more than the {limits.memory_bytes / (1 << 30):.1f} GiB of memory that a request "
        "may take. Ask for less, or ask the administrator to raise GRAPHKEEP_COMPUTE_MEMORY."
    )


@contextlib.contextmanager
def scratch(home: Path, count: int) -> Iterator[list[IO[bytes]]]:
    """Files without names: they end with their last reader."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(tempfile.TemporaryFile(dir=home)) for _ in range(count)]


def environment() -> dict[str, str]:
    """Nothing of the server's own; one thread each for the numeric libraries."""
    package = Path(__file__).resolve().parent.parent
    said = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    if package.parent != Path(sysconfig.get_paths()["purelib"]):
        said["PYTHONPATH"] = str(package.parent)
    return said
