"""The supervisor: parent of a running server, owns the listening socket, the web processes and the worker.

It does not load Django, so it stays small. SIGHUP starts new web processes with the current configuration, waits
until they answer, and only then stops the former ones: no connection is refused in between.
"""

import errno
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from graphkeep.server.config.cron import Clock
from graphkeep.server.config.env import home_folder
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.config.fingerprint import fingerprint
from graphkeep.server.process.disk_reserve import DiskReserve
from graphkeep.server.process.running import (
    REPLACED,
    ServerNote,
    note_file,
    pop_request,
    request_file,
    started_at_ticks,
    write_note,
)
from graphkeep.server.telemetry.metrics_endpoint import MetricsServer

logger = logging.getLogger(__name__)
START_S = 120.0
STOP_S = 3.0
DRAIN_S = 75.0  # a former web process ends its requests within 30 s, then its queries within 35 s
POLL_S = 0.3
RELEASE_S = 8.0
WEB = [sys.executable, "-m", "graphkeep.server.process.web"]
WORKER = [sys.executable, "-m", "graphkeep", "worker"]


@dataclass(frozen=True, kw_only=True)
class ListenAddress:
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def is_local(self) -> bool:
        return self.host in {"127.0.0.1", "localhost", "::1"}

    def listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        # A server that stopped cleanly deleted its state file.
        patience_s = RELEASE_S if note_file().exists() else 0.0
        deadline = time.monotonic() + patience_s
        while True:
            try:
                return socket.create_server((self.host, self.port), family=family, backlog=2048)
            except OSError as error:
                # Processes of a killed server may hold the port for a moment.
                if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
                raise ConfigurationError(
                    f"Cannot listen on {self.host}:{self.port}: {error.strerror or error}. "
                    "Another program may use the port; choose another one with --port."
                ) from error


class Supervisor:
    def __init__(self, address: ListenAddress, *, processes: int, has_worker: bool) -> None:
        self.address = address
        self.processes = processes
        self.has_worker = has_worker
        self.listening = address.listen()
        self.news = threading.Event()
        self.is_stopping = False
        self.must_reload = False
        self.is_first = True
        self.generation = 0
        self.failures = 0
        self.started_at = time.time()
        self.webs: list[subprocess.Popen[bytes]] = []
        self.draining: list[subprocess.Popen[bytes]] = []
        self.worker: subprocess.Popen[bytes] | None = None
        self.fingerprint = ""
        self.metrics = MetricsServer(home_folder())
        self.clock = Clock(home_folder())
        self.is_told = False
        self.reserve = DiskReserve(home_folder() / "data/reserve")

    def run(self) -> int:
        """Supervise until SIGTERM or SIGINT; returns the exit status."""
        request_file().unlink(missing_ok=True)
        signal.signal(signal.SIGTERM, self.on_stop)
        signal.signal(signal.SIGINT, self.on_stop)
        signal.signal(signal.SIGHUP, self.on_reload)
        self.reserve.look()
        try:
            self.metrics.renew()
            if not self.renew():
                return 2
            while not self.is_stopping:
                self.news.wait(POLL_S)
                self.news.clear()
                if self.clock.is_due_now():
                    logger.info("CRON_RESTART: restarting the processes")
                    self.must_reload = True
                self.reserve.look()
                self.handle_request(pop_request())
                if self.must_reload and not self.is_stopping:
                    self.must_reload = False
                    self.reload()
                self.restart_dead()
        finally:
            self.end()
        return 0

    def on_stop(self, *_: object) -> None:
        self.is_stopping = True
        self.news.set()

    def on_reload(self, *_: object) -> None:
        self.must_reload = True
        self.news.set()

    def reload(self) -> None:
        """Apply the current configuration, including that of the supervisor's own parts."""
        try:
            self.metrics.renew()
            self.clock.read()
        except ConfigurationError as error:
            logger.error("%s", error)  # noqa: TRY400 - the message suffices, no traceback
            self.failures += 1
            self.write_server_note()
            return
        self.renew()

    def handle_request(self, word: str) -> None:
        """Handle a request file: administrators of the group cannot signal a process of the server's user."""
        if word == signal.SIGHUP.name:
            self.must_reload = True
        elif word in {signal.SIGTERM.name, signal.SIGKILL.name}:
            self.is_stopping = True

    def renew(self) -> bool:
        """Replace every process; if a web process does not start, keep the former ones and return False."""
        current = fingerprint(home_folder())
        started: list[subprocess.Popen[bytes]] = []
        for _ in range(self.processes):
            web = self.start_web()
            if web is None:
                stop_processes(started, patience_s=STOP_S)
                logger.error("the new processes did not start; the former ones keep running")
                self.failures += 1
                if self.webs:
                    self.write_server_note()
                return False
            started.append(web)
        former, self.webs = self.webs, started
        self.draining = [*(web for web in self.draining if web.poll() is None), *former]
        self.fingerprint = current
        self.generation += 1
        for web in former:
            web.send_signal(REPLACED)
            web.terminate()
        patience = {"patience_s": DRAIN_S}
        threading.Thread(target=stop_processes, args=(former,), kwargs=patience).start()
        if self.has_worker:
            stop_processes([self.worker] if self.worker else [], patience_s=20)
            self.worker = subprocess.Popen(WORKER)
        self.write_server_note()
        return True

    def start_web(self) -> subprocess.Popen[bytes] | None:
        """Start a web process; None if it exits or does not answer within START_S seconds."""
        ready_fd, write_fd = os.pipe()
        command = [*WEB, "--listen", str(self.listening.fileno()), "--tell", str(write_fd)]
        command += ["--url", self.address.url, "--parent", str(os.getpid())]
        command += ["--is-local"] if self.address.is_local else []
        command += ["--is-first"] if self.is_first else []
        try:
            web = subprocess.Popen(command, pass_fds=(self.listening.fileno(), write_fd))
            os.close(write_fd)
            if self.answers(ready_fd):
                self.is_first = False
                return web
            stop_processes([web], patience_s=STOP_S)
        finally:
            os.close(ready_fd)
        return None

    def answers(self, heard: int) -> bool:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and not self.is_stopping:
            if select.select([heard], [], [], POLL_S)[0]:
                return os.read(heard, 1) == b"1"
        return False

    def restart_dead(self) -> None:
        """Restart processes that exited by themselves."""
        if self.is_stopping:
            return
        changed = False
        for index, web in enumerate(self.webs):
            if web.poll() is not None:
                logger.warning("a web process exited with %s; starting another", web.returncode)
                self.webs[index] = self.start_web() or web
                changed = True
        if self.worker is not None and self.worker.poll() is not None:
            logger.warning("the worker exited with %s; starting another", self.worker.returncode)
            self.worker = subprocess.Popen(WORKER)
            changed = True
        if changed or not self.is_told:
            self.write_server_note()
            time.sleep(POLL_S)

    def write_server_note(self) -> None:
        note = ServerNote(
            pid=os.getpid(),
            began=started_at_ticks(os.getpid()),
            worker_pid=self.worker.pid if self.worker else 0,
            web_pids=tuple(web.pid for web in self.webs),
            host=self.address.host,
            port=self.address.port,
            started_at=self.started_at,
            generation=self.generation,
            failures=self.failures,
            fingerprint=self.fingerprint,
        )
        try:
            write_note(note)
            self.is_told = True
        except OSError as error:  # a full disk: keep serving, and write the state file later
            self.is_told = False
            logger.warning("server.json cannot be written: %s", error)

    def end(self) -> None:
        self.listening.close()
        processes = [*self.webs, *self.draining, *([self.worker] if self.worker else [])]
        for process in processes:
            process.terminate()
        stop_processes(processes, patience_s=STOP_S)
        note_file().unlink(missing_ok=True)


def stop_processes(ending: list[subprocess.Popen[bytes]], *, patience_s: float) -> None:
    """Terminate processes, and kill those that still run after `patience_s` seconds."""
    deadline = time.monotonic() + patience_s
    for process in ending:
        process.terminate()
    for process in ending:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
