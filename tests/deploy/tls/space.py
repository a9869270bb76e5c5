"""Networks of a test's own: namespaces, joined by cables, in which names are what the test says."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ENTER = 'ulimit -Sn "$(ulimit -Hn)"; mount --make-rprivate / && mount --bind "$0" /etc/hosts && exec "$@"'


class Space:
    """A network namespace; what is started in it ends with it."""

    def __init__(self, folder: Path, names: dict[str, str]) -> None:
        self.name = f"gk-edge-{secrets.token_hex(3)}"
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.hosts = folder / f"{self.name}.hosts"
        lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in names.items())]
        self.hosts.write_text("\n".join(lines) + "\n")
        self.started: list[subprocess.Popen[bytes]] = []
        ip("netns", "add", self.name)
        ip("-n", self.name, "link", "set", "lo", "up")

    def words(self, *words: str) -> list[str]:
        inside = ["unshare", "-m", "bash", "-c", ENTER, str(self.hosts), *words]
        return ["nsenter", f"--net=/run/netns/{self.name}", *inside]

    def start(self, *words: str, log: str, env: dict[str, str] | None = None) -> subprocess.Popen:
        with (self.folder / log).open("ab") as sink:
            made = subprocess.Popen(
                self.words(*words), env=env, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL
            )
        self.started.append(made)
        return made

    def run(
        self,
        *words: str,
        env: dict[str, str] | None = None,
        timeout_s: float = 120,
        stdin: str = "",
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.words(*words), env=env, capture_output=True, text=True, timeout=timeout_s,
            check=False, input=stdin,
        )  # fmt: skip

    def said(self, *words: str, **how: object) -> str:
        """What a command prints that must succeed."""
        done = self.run(*words, **how)
        assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout

    def waits_for(self, port: int, address: str = "127.0.0.1", timeout_s: float = 60) -> None:
        probe = f"until (exec 3<>/dev/tcp/{address}/{port}) 2>/dev/null; do sleep .1; done"
        self.said("timeout", str(timeout_s), "bash", "-c", probe)

    def end(self, one: subprocess.Popen) -> None:
        one.terminate()
        try:
            one.wait(timeout=120)
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()
        self.started.remove(one)

    def close(self) -> None:
        for one in list(self.started):
            self.end(one)
        found = subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=False
        )
        for pid in found.stdout.split():  # those that a server started for itself
            os.kill(int(pid), signal.SIGKILL)
        ip("netns", "del", self.name)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def cable(one: Space, one_address: str, two: Space, two_address: str) -> None:
    ends = [f"v{secrets.token_hex(4)}" for _ in range(2)]
    ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
    for space, end, address in ((one, ends[0], one_address), (two, ends[1], two_address)):
        ip("link", "set", end, "netns", space.name)
        ip("-n", space.name, "addr", "add", f"{address}/24", "dev", end)
        ip("-n", space.name, "link", "set", end, "up")


@contextmanager
def spaces(folder: Path, *named: dict[str, str]) -> Iterator[list[Space]]:
    """Left out, with its reason, where no network can be made."""
    if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("nsenter") is None:
        pytest.skip("networks of our own need root, ip and nsenter")
    if shutil.which("caddy") is None:
        pytest.skip("there is no Caddy here")
    made: list[Space] = []
    try:
        for names in named:
            try:
                made.append(Space(folder, names))
            except subprocess.CalledProcessError as error:
                pytest.skip(f"no network can be made here: {error.stderr.decode()}")
        yield made
    finally:
        for one in made:
            one.close()
