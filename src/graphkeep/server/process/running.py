"""The running server: its state file below data/, and the signals that stop and restart it."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

from graphkeep.server.config.env import home_folder
from graphkeep.server.config.envfile import ConfigurationError

# The supervisor sends it to a web process that has a successor, before SIGTERM: queries may then run to their end.
REPLACED = signal.SIGUSR1


@dataclass(frozen=True, kw_only=True)
class ServerNote:
    pid: int
    worker_pid: int
    host: str
    port: int
    started_at: float
    web_pids: tuple[int, ...] = ()
    generation: int = 1
    failures: int = 0
    began: int = 0
    fingerprint: str = ""

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def note_file() -> Path:
    return home_folder() / "data/server.json"


def log_file() -> Path:
    return home_folder() / "data/logs/server.log"


def request_file() -> Path:
    """The file for requests of administrators who may not signal the process of the server's user."""
    return home_folder() / "data/server.request"


def send_signal(running: ServerNote, signal_number: signal.Signals) -> None:
    try:
        os.kill(running.pid, signal_number)
    except PermissionError as error:
        try:
            request_file().write_text(signal_number.name)
        except PermissionError:
            raise ConfigurationError(
                "The server belongs to another user, and you are not of the group that administers it."
            ) from error


def pop_request() -> str:
    """Read and delete the pending request; empty if there is none."""
    try:
        request = request_file().read_text()
        request_file().unlink()
    except FileNotFoundError:
        return ""
    return request


def write_note(running: ServerNote) -> None:
    temporary = note_file().with_suffix(".new")
    temporary.write_text(json.dumps(asdict(running)))
    temporary.replace(note_file())


def running_server() -> ServerNote | None:
    """The running server, or None; a state file is stale if its process ended or its pid was reused."""
    server = noted_server()
    if server is None or not is_alive(server.pid) or started_at_ticks(server.pid) != server.began:
        return None
    return server


def noted_server() -> ServerNote | None:
    """The server that the state file names, on whichever machine or in whichever container it runs."""
    try:
        values = json.loads(note_file().read_text())
        return ServerNote(**{**values, "web_pids": tuple(values.get("web_pids", ()))})
    except (FileNotFoundError, ValueError, TypeError):
        return None


def started_at_ticks(pid: int) -> int:
    """Start time of a process in kernel clock ticks since boot; 0 if the system does not report it."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return 0


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as response:  # noqa: S310 - our own
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def stop_server(running: ServerNote, *, patience_s: float = 20) -> None:
    send_signal(running, signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while is_alive(running.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    if is_alive(running.pid):
        send_signal(running, signal.SIGKILL)


def restart_server(running: ServerNote, *, patience_s: float = 180) -> ServerNote:
    """Restart the server's processes with the current configuration, and wait until the former ones ended.

    Raises:
        ConfigurationError: the new processes did not start; the former ones keep serving.
    """
    send_signal(running, signal.SIGHUP)
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        current = running_server()
        if current is None:
            break
        if current.generation > running.generation and not any(map(is_alive, running.web_pids)):
            return current
        if current.failures > running.failures:
            break
        time.sleep(0.05)
    raise ConfigurationError(
        "The new processes did not start, and the former ones go on; see  graphkeep logs"
    )
