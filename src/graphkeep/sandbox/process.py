"""A sandbox process as the server sees it: started, given one request, and ended."""

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
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Self

from graphkeep.graph.errors import DiskFullError, LimitExceededError, UnavailableError
from graphkeep.sandbox.isolation import IsolationReport
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.outcomes import DISK_FULL, FORBIDDEN

START_S = 60
ENDED = "The process that would answer this has ended."


@dataclass(frozen=True, kw_only=True)
class SandboxResult:
    """What a request returned: its answer, and the output files, which are open until this is closed."""

    answer: dict[str, Any]
    files: tuple[IO[bytes], ...]
    seconds: float

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files:
            file.close()


class SandboxProcess:
    """One process for one request. It isolates itself and loads its runner in advance, before any request.

    `scratch` is a folder for files without names: requests, answers, outputs. `readable` are files and folders beside
    the libraries that the runner may open by their names, to read them.
    """

    def __init__(self, runner: str, scratch: Path, readable: Sequence[Path] = ()) -> None:
        self.scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)
        self.control, child = socket.socketpair()
        self.status, status_pipe = map(open_pipe_end, os.pipe(), ("rb", "wb"))
        # Made in advance, not while a request waits.
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.control)
            stack.enter_context(self.status)
            self.request_file = stack.enter_context(tempfile.TemporaryFile(dir=scratch))
            self.answer_file = stack.enter_context(tempfile.TemporaryFile(dir=scratch))
            self._open_files = stack.pop_all()
        self.root = tempfile.mkdtemp(dir=scratch, prefix="sandbox-")
        command = [sys.executable, "-s", "-m", "graphkeep.sandbox.bootstrap"]
        with child, status_pipe:
            handles = (child.fileno(), status_pipe.fileno())
            self.process = subprocess.Popen(
                [*command, *map(str, handles), self.root, runner, *map(str, readable)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=handles,
                env=environment(),
                cwd="/",
                start_new_session=True,
            )

    @cached_property
    def report(self) -> IsolationReport:
        """Waits until the process is ready.

        Raises:
            UnavailableError: it does not start.
        """
        self.control.settimeout(START_S)
        try:
            with self.control.makefile("rb") as stream:
                line = stream.readline()
        except OSError:
            line = b""
        if not line:
            self.end()
            raise UnavailableError(
                "The process that would answer this does not start on this server."
            )
        self._remove_root()
        return IsolationReport(**json.loads(line))

    def run(
        self,
        request: Mapping[str, Any],
        inputs: Sequence[Path],
        outputs: Sequence[IO[bytes]],
        limits: Limits,
    ) -> dict[str, Any]:
        """The answer to a request. The runner reads `inputs` and writes `outputs`, and no other file.

        Raises:
            UnavailableError: the process is gone.
            LimitExceededError: the request takes more memory or time than allowed.
            DiskFullError: the answer does not fit on the disk.
        """
        with contextlib.ExitStack() as stack:
            input_files = [stack.enter_context(path.open("rb", buffering=0)) for path in inputs]
            input_bytes = sum(os.fstat(file.fileno()).st_size for file in input_files)
            message = {**request, "limits": limits.to_wire(input_bytes)}
            self.request_file.write(json.dumps(message).encode())
            self.request_file.flush()
            self.request_file.seek(0)
            files = (self.request_file, self.answer_file, *outputs, *input_files)
            try:
                socket.send_fds(self.control, [b"run"], [file.fileno() for file in files])
            except BrokenPipeError as error:
                raise UnavailableError(ENDED) from error
            exit_code = self._wait(limits.seconds)
            if exit_code is None:
                raise limits.too_slow()
            answer = read_answer(self.answer_file, limits.answer_bytes)
            if answer is None:
                raise error_without_answer(exit_code, limits)
            return answer

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def kill(self) -> None:
        """Kill the process with all that it started, without waiting for their end."""
        if self.process.returncode is None:  # its number is not free yet for another process
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill the process with all that it started, and wait for its end.

        That takes a while: the kernel takes its namespaces apart before it reports a process as ended.
        """
        self.kill()
        self.process.wait()
        self._wait_for_closed_control()
        self._open_files.close()
        self._remove_root()

    def _wait_for_closed_control(self) -> None:
        """A process that got no request holds the other end of `control` until the kernel has freed its memory."""
        with contextlib.suppress(OSError):
            self.control.settimeout(START_S)
            while self.control.recv(1 << 12):
                pass

    def _remove_root(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            Path(self.root).rmdir()

    def _wait(self, seconds: float) -> int | None:
        """The exit code once no process of the sandbox runs any more; None if that takes longer.

        The process outside the namespaces reports it by `status`; without namespaces there is no such process,
        and the end of the process itself counts.

        Raises:
            UnavailableError: something killed the process outside, so one inside could still run.
        """
        deadline = time.monotonic() + seconds
        handle = os.pidfd_open(self.process.pid)
        try:
            poll = select.poll()
            poll.register(self.status, select.POLLIN)
            poll.register(handle, select.POLLIN)
            while (remaining_s := deadline - time.monotonic()) > 0:
                ready = {ready_handle for ready_handle, _ in poll.poll(remaining_s * 1000)}
                if self.status.fileno() in ready:
                    if exit_code := self.status.read(1):
                        return exit_code[0]
                    poll.unregister(self.status)  # nobody is left who could report
                elif handle in ready:
                    if self.report.namespaces:
                        raise UnavailableError(ENDED)
                    return self.process.wait()
            return None
        finally:
            os.close(handle)


def read_answer(file: IO[bytes], max_bytes: int) -> dict[str, Any] | None:
    file.seek(0)
    try:
        answer = json.loads(file.read(max_bytes))
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def open_pipe_end(handle: int, mode: str) -> IO[bytes]:
    return os.fdopen(handle, mode, buffering=0)


def error_without_answer(exit_code: int, limits: Limits) -> LimitExceededError | DiskFullError:
    """Why a process ended without an answer, as its exit status shows."""
    timed_out = {-signal.SIGXCPU & 0xFF, -signal.SIGKILL & 0xFF, -signal.SIGXCPU, -signal.SIGKILL}
    if exit_code in timed_out:
        return limits.too_slow()
    if exit_code == DISK_FULL:
        return DiskFullError(
            "The server's disk is full, so there is no answer to this. Ask the administrator to free disk space."
        )
    if exit_code == FORBIDDEN:
        return LimitExceededError("This uses something that the sandbox does not allow.")
    return limits.too_much_memory()


def environment() -> dict[str, str]:
    """Nothing of the server's own; one thread each for the numeric libraries."""
    package = Path(__file__).resolve().parent.parent
    variables = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    paths = plugin_folders(package.parent)
    if package.parent != Path(sysconfig.get_paths()["purelib"]):
        paths.insert(0, str(package.parent))
    if paths:
        variables["PYTHONPATH"] = os.pathsep.join(paths)
    return variables


def plugin_folders(package_folder: Path) -> list[str]:
    """Folders that the administrator added to PYTHONPATH: a sandbox reads formats of plugins there."""
    folders = map(Path, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return [str(folder) for folder in folders if folder.is_absolute() and folder != package_folder]
