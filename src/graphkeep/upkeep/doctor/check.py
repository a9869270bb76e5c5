"""Checks of a deployment, their results and fixes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from graphkeep.upkeep.deployment import Deployment

Topic = Literal[
    "out-of-the-box", "server", "network", "secrets", "connectors", "api", "air-gap", "data"
]
State = Literal["ok", "warning", "error", "skipped"]
TOPICS: tuple[Topic, ...] = (
    "out-of-the-box", "server", "network", "secrets", "connectors", "api", "air-gap", "data",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SetLine:
    """Set a variable in custom.env; the value None removes it."""

    name: str
    value: str | None

    def __str__(self) -> str:
        if self.value is None:
            return f"remove {self.name} from data/config/custom.env"
        return f"set {self.name}={self.value} in data/config/custom.env"


@dataclass(frozen=True, kw_only=True)
class SetMode:
    path: Path
    mode: int

    def __str__(self) -> str:
        return f"chmod {self.mode:o} {self.path}"


@dataclass(frozen=True, kw_only=True)
class ManualFix:
    """A fix for a person to apply: a command to run, or a page to open."""

    text: str

    def __str__(self) -> str:
        return self.text


Fix = SetLine | SetMode | ManualFix


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    state: State
    evidence: str
    fixes: tuple[Fix, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check; `rows` are the ids of the hardening requirements that it verifies."""

    check_id: str
    topic: Topic
    rows: tuple[str, ...]
    why: str
    run: Callable[[Deployment], CheckResult]
    is_fast: bool = True
    needs_url: bool = False
    former_id: str = ""  # reported beside `check_id` for one release


def ok(evidence: str) -> CheckResult:
    return CheckResult(state="ok", evidence=evidence)


def skipped(evidence: str) -> CheckResult:
    return CheckResult(state="skipped", evidence=evidence)


def warning(evidence: str, *fixes: Fix) -> CheckResult:
    return CheckResult(state="warning", evidence=evidence, fixes=fixes)


def error(evidence: str, *fixes: Fix) -> CheckResult:
    return CheckResult(state="error", evidence=evidence, fixes=fixes)


class CheckGroup:
    """Registers the checks of one topic in definition order; `from_outside` checks need the server's URL."""

    def __init__(self, topic: Topic, *, from_outside: bool = False) -> None:
        self.topic = topic
        self.from_outside = from_outside
        self.checks: list[Check] = []

    def check(
        self,
        check_id: str,
        *rows: str,
        why: str,
        is_fast: bool = True,
        former_id: str = "",
    ) -> Callable[[Callable[[Deployment], CheckResult]], Callable[[Deployment], CheckResult]]:
        def add(run: Callable[[Deployment], CheckResult]) -> Callable[[Deployment], CheckResult]:
            self.checks.append(
                Check(
                    check_id=check_id,
                    topic=self.topic,
                    rows=rows,
                    why=why,
                    run=run,
                    is_fast=is_fast and not self.from_outside,
                    needs_url=self.from_outside,
                    former_id=former_id,
                )
            )
            return run

        return add
