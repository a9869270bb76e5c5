"""Skipped tests, and the reviewed list of those that may be skipped."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from ctypes.util import find_library
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from graphkeep.server.cli.checkout import ROOT

LIST = ROOT / "tests/left_out.toml"
# Conditions under which an entry of the list applies.
CONDITIONS: dict[str, Callable[[], bool]] = {
    "always": lambda: True,
    "without root": lambda: os.geteuid() != 0,
    "without docker compose": lambda: not has_docker_compose(),
    "without systemd": lambda: shutil.which("systemd-analyze") is None,
    "without libNVVM": lambda: find_library("nvvm") is None,
    "without an NVIDIA driver": lambda: not Path("/dev/nvidiactl").exists(),
    "without sshd": lambda: is_missing("sshd"),
    "without tinyproxy": lambda: is_missing("tinyproxy"),
    "without squid": lambda: is_missing("squid"),
    "with a private Python": lambda: not is_open_to_all(Path(sys.executable).resolve()),
}


def is_missing(program: str) -> bool:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    return shutil.which(program, path=path) is None


def has_docker_compose() -> bool:
    command = ["docker", "compose", "version"]
    return (
        bool(shutil.which("docker"))
        and not subprocess.run(command, capture_output=True, check=False).returncode
    )


def is_open_to_all(path: Path) -> bool:
    """Whether every user of this machine may read and execute the path."""
    return all(ancestor.stat().st_mode & 0o005 == 0o005 for ancestor in (path, *path.parents))


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A test or a part that did not run."""

    name: str
    reason: str
    part: str
    is_listed: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}" + ("" if self.is_listed else "  [NOT LISTED]")


@dataclass(frozen=True, kw_only=True)
class Entry:
    test: str  # a shell-style pattern for the test's name
    part: str
    when: str
    reason: str

    def covers(self, name: str, part: str) -> bool:
        return (
            self.part in {"", part}
            and fnmatchcase(name.replace("[", "("), self.test.replace("[", "("))
            and CONDITIONS[self.when]()
        )


def read_list(path: Path = LIST) -> list[Entry]:
    """Read the entries of the list.

    Raises:
        ValueError: An entry has an unknown condition.
    """
    entries = [
        Entry(test=row["test"], part=row.get("part", ""), when=row["when"], reason=row["reason"])
        for row in tomllib.loads(path.read_text())["left_out"]
    ]
    for entry in entries:
        if entry.when not in CONDITIONS:
            raise ValueError(f"{path.name}: {entry.test}: unknown condition “{entry.when}”")
    return entries


def mark_listed(skipped: Iterable[LeftOut], entries: list[Entry]) -> list[LeftOut]:
    return [
        LeftOut(
            name=test.name, reason=test.reason, part=test.part,
            is_listed=any(entry.covers(test.name, test.part) for entry in entries),
        )
        for test in skipped
    ]  # fmt: skip
