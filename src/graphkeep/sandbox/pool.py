"""A pool of sandbox processes, in which uploads are parsed and queries and people's Python run.

A process serves one request and ends, so nothing of a request reaches the next. The pool starts the next one in
advance, isolated and with its libraries loaded. Requests, inputs and outputs are open files, so a sandbox needs
no path and no socket.
"""

import contextlib
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from graphkeep.graph.errors import BusyError
from graphkeep.sandbox.isolation import IsolationReport, Requirement
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.process import SandboxProcess, SandboxResult


class SandboxPool:
    """Processes that load the module `runner` and call its `run(request, handles)`.

    `scratch` is a folder for files without names. At most `max_processes` requests run at once (None: no
    limit); another one waits up to `queue_timeout_s`. `warm_count` processes are started in advance, 0: none.
    """

    def __init__(
        self,
        runner: str,
        *,
        scratch: Path,
        limits: Limits,
        max_processes: int | None,
        queue_timeout_s: float = 10,
        warm_count: int = 1,
    ) -> None:
        self.runner = runner
        self.scratch = scratch
        self.limits = limits
        self.max_processes = max_processes
        self.queue_timeout_s = queue_timeout_s
        self.warm_count = warm_count
        self._slots = threading.BoundedSemaphore(max_processes or 1)
        self._lock = threading.Lock()
        self._warm: deque[SandboxProcess] = deque()
        self._is_closed = False

    def run(
        self,
        request: Mapping[str, Any],
        inputs: Sequence[Path],
        *,
        require: Requirement,
        outputs: Sequence[IO[bytes]] | None = None,
    ) -> SandboxResult:
        """Answer a request in a process that then ends.

        The runner writes to `outputs`; without them, to three files that the result holds. `require` raises
        UnavailableError where the isolation is not enough for this request.

        Raises:
            BusyError: the limit of concurrent requests is reached.
            UnavailableError: this machine does not offer the isolation that this request needs.
            LimitExceededError: it takes more memory or time than allowed.
            DiskFullError: the answer does not fit on the disk.
        """
        start = time.monotonic()
        with self._slot(), self._process() as process, contextlib.ExitStack() as stack:
            require(process.report)
            if outputs is None:
                outputs = [
                    stack.enter_context(tempfile.TemporaryFile(dir=self.scratch)) for _ in range(3)
                ]
            answer = process.run(request, inputs, outputs, self.limits)
            for file in outputs:
                file.seek(0)
            stack.pop_all()
        return SandboxResult(answer=answer, files=tuple(outputs), seconds=time.monotonic() - start)

    def report(self) -> IsolationReport:
        """The isolation that this machine offers; starts a process to test it.

        Raises:
            UnavailableError: no process starts.
        """
        process = SandboxProcess(self.runner, self.scratch)
        try:
            return process.report
        finally:
            process.end()

    def warm(self) -> None:
        """Start the processes for the next requests, unless these are waiting or the pool is closed."""
        with self._lock:
            while len(self._warm) < max(1, self.warm_count) and not self._is_closed:
                self._warm.append(SandboxProcess(self.runner, self.scratch))

    def close(self) -> None:
        """End the processes that wait; none is started in advance any more."""
        with self._lock:
            self._is_closed = True
            while self._warm:
                self._warm.pop().end()

    @contextlib.contextmanager
    def _slot(self) -> Iterator[None]:
        if self.max_processes is None:
            yield
            return
        if not self._slots.acquire(timeout=self.queue_timeout_s):
            raise BusyError(
                f"{self.max_processes} requests of this kind are running. Ask again in a moment."
            )
        try:
            yield
        finally:
            self._slots.release()

    @contextlib.contextmanager
    def _process(self) -> Iterator[SandboxProcess]:
        process = self._take_warm() or SandboxProcess(self.runner, self.scratch)
        try:
            yield process
        finally:
            process.kill()
            if self.warm_count:
                threading.Thread(target=self._replace, args=(process,), daemon=True).start()
            else:
                process.end()

    def _take_warm(self) -> SandboxProcess | None:
        """The process that has waited longest, of those that have not ended."""
        with self._lock:
            while self._warm:
                process = self._warm.popleft()
                if not process.has_ended:
                    return process
                process.end()
        return None

    def _replace(self, process: SandboxProcess) -> None:
        process.end()
        self.warm()
