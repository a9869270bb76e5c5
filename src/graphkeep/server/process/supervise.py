"""The parent of a running server: keeps the socket, the processes that answer, and the worker.

It knows no Django, so it stays small. SIGHUP starts successors under the configuration as it is now, waits
until they answer, and only then ends their predecessors: nobody is turned away in between.
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
    ServerNote,
    note_file,
    request_file,
    started_at_ticks,
    take_request,
    write_note,
)
from graphkeep.server.telemetry.metrics_endpoint import MetricsServer

logger = logging.getLogger(__name__)
START_S = 120.0
STOP_S = 3.0
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
        # A server that ended by itself took its note with it.
        patience_s = RELEASE_S if note_file().exists() else 0.0
        deadline = time.monotonic() + patience_s
        while True:
            try:
                return socket.create_server((self.host, self.port), family=family, backlog=2048)
            except OSError as error:
                # What a killed server left behind may hold the place for a moment.
                if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
                raise ConfigurationError(
                    f"Nothing can listen at {self.host}:{self.port}: {error.strerror or error}. "
                    "Another program may use it; say another one by --port."
                ) from error


class Supervisor:
    def __init__(self, place: ListenAddress, *, processes: int, has_worker: bool) -> None:
        self.place = place
        self.processes = processes
        self.has_worker = has_worker
        self.listening = place.listen()
        self.news = threading.Event()
        self.is_stopping = False
        self.must_reload = False
        self.is_first = True
        self.generation = 0
        self.failures = 0
        self.started_at = time.time()
        self.webs: list[subprocess.Popen[bytes]] = []
        self.worker: subprocess.Popen[bytes] | None = None
        self.fingerprint = ""
        self.metrics = MetricsServer(home_folder())
        self.clock = Clock(home_folder())
        self.is_told = False
        self.reserve = DiskReserve(home_folder() / "data/reserve")

    def run(self) -> int:
        """Until SIGTERM or SIGINT; the exit status."""
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
                    logger.info("CRON_RESTART: the processes are renewed")
                    self.must_reload = True
                self.reserve.look()
                self.handle_request(take_request())
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
        """The configuration as it is now, also of what this process does itself."""
        try:
            self.metrics.renew()
            self.clock.read()
        except ConfigurationError as error:
            logger.error("%s", error)  # noqa: TRY400 - a sentence, no trace
            self.failures += 1
            self.tell()
            return
        self.renew()

    def handle_request(self, word: str) -> None:
        """What another administrator of the group asked for by a file, since only our own user can signal."""
        if word == signal.SIGHUP.name:
            self.must_reload = True
        elif word in {signal.SIGTERM.name, signal.SIGKILL.name}:
            self.is_stopping = True

    def renew(self) -> bool:
        """Successors of every process; where one does not start, all stays as it was."""
        now = fingerprint(home_folder())
        started: list[subprocess.Popen[bytes]] = []
        for _ in range(self.processes):
            web = self.start_web()
            if web is None:
                stop_processes(started, patience_s=STOP_S)
                logger.error("the new processes did not start; the former ones go on")
                self.failures += 1
                if self.webs:
                    self.tell()
                return False
            started.append(web)
        former, self.webs = self.webs, started
        self.fingerprint = now
        self.generation += 1
        for web in former:
            web.terminate()
        threading.Thread(target=stop_processes, args=(former,), kwargs={"patience_s": 40}).start()
        if self.has_worker:
            stop_processes([self.worker] if self.worker else [], patience_s=20)
            self.worker = subprocess.Popen(WORKER)
        self.tell()
        return True

    def start_web(self) -> subprocess.Popen[bytes] | None:
        """A process that answers, or nothing where it ended or did not come to it."""
        heard, tell = os.pipe()
        words = [*WEB, "--listen", str(self.listening.fileno()), "--tell", str(tell)]
        words += ["--url", self.place.url, "--parent", str(os.getpid())]
        words += ["--is-local"] if self.place.is_local else []
        words += ["--is-first"] if self.is_first else []
        try:
            web = subprocess.Popen(words, pass_fds=(self.listening.fileno(), tell))
            os.close(tell)
            if self.answers(heard):
                self.is_first = False
                return web
            stop_processes([web], patience_s=STOP_S)
        finally:
            os.close(heard)
        return None

    def answers(self, heard: int) -> bool:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and not self.is_stopping:
            if select.select([heard], [], [], POLL_S)[0]:
                return os.read(heard, 1) == b"1"
        return False

    def restart_dead(self) -> None:
        """Start again what died by itself."""
        if self.is_stopping:
            return
        changed = False
        for at, web in enumerate(self.webs):
            if web.poll() is not None:
                logger.warning("a web process ended with %s; starting another", web.returncode)
                self.webs[at] = self.start_web() or web
                changed = True
        if self.worker is not None and self.worker.poll() is not None:
            logger.warning("the worker ended with %s; starting another", self.worker.returncode)
            self.worker = subprocess.Popen(WORKER)
            changed = True
        if changed or not self.is_told:
            self.tell()
            time.sleep(POLL_S)

    def tell(self) -> None:
        told = ServerNote(
            pid=os.getpid(),
            began=started_at_ticks(os.getpid()),
            worker_pid=self.worker.pid if self.worker else 0,
            web_pids=tuple(web.pid for web in self.webs),
            host=self.place.host,
            port=self.place.port,
            started_at=self.started_at,
            generation=self.generation,
            failures=self.failures,
            fingerprint=self.fingerprint,
        )
        try:
            write_note(told)
            self.is_told = True
        except OSError as error:  # a full disk: the server itself goes on, and tells later
            self.is_told = False
            logger.warning("the note of this server cannot be written: %s", error)

    def end(self) -> None:
        self.listening.close()
        kept = [*self.webs, *([self.worker] if self.worker else [])]
        for one in kept:
            one.terminate()
        stop_processes(kept, patience_s=STOP_S)
        note_file().unlink(missing_ok=True)


def stop_processes(ending: list[subprocess.Popen[bytes]], *, patience_s: float) -> None:
    """Wait for processes that were told to end; those that do not are killed."""
    deadline = time.monotonic() + patience_s
    for one in ending:
        one.terminate()
    for one in ending:
        try:
            one.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()
