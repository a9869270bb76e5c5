"""One question to a server, its answer, and what mends it."""

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
    """A line of custom.env; None takes it away."""

    name: str
    value: str | None

    def __str__(self) -> str:
        if self.value is None:
            return f"take {self.name} out of data/config/custom.env"
        return f"say {self.name}={self.value} in data/config/custom.env"


@dataclass(frozen=True, kw_only=True)
class SetMode:
    path: Path
    mode: int

    def __str__(self) -> str:
        return f"chmod {self.mode:o} {self.path}"


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """What a person decides: a command to type, or a page to open."""

    text: str

    def __str__(self) -> str:
        return self.text


Fix = SetLine | SetMode | ByHand


@dataclass(frozen=True, kw_only=True)
class Answer:
    state: State
    evidence: str
    fixes: tuple[Fix, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """`rows` are those of the hardening guide that it proves."""

    check_id: str
    topic: Topic
    rows: tuple[str, ...]
    why: str
    ask: Callable[[Deployment], Answer]
    is_fast: bool = True
    needs_url: bool = False


def ok(evidence: str) -> Answer:
    return Answer(state="ok", evidence=evidence)


def skipped(evidence: str) -> Answer:
    return Answer(state="skipped", evidence=evidence)


def warning(evidence: str, *fixes: Fix) -> Answer:
    return Answer(state="warning", evidence=evidence, fixes=fixes)


def error(evidence: str, *fixes: Fix) -> Answer:
    return Answer(state="error", evidence=evidence, fixes=fixes)


class Book:
    """Collects the checks of one topic, in the order in which they stand."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.checks: list[Check] = []

    def check(
        self, check_id: str, *rows: str, why: str, is_fast: bool = True, needs_url: bool = False
    ) -> Callable[[Callable[[Deployment], Answer]], Callable[[Deployment], Answer]]:
        def add(ask: Callable[[Deployment], Answer]) -> Callable[[Deployment], Answer]:
            self.checks.append(
                Check(
                    check_id=check_id,
                    topic=self.topic,
                    rows=rows,
                    why=why,
                    ask=ask,
                    is_fast=is_fast,
                    needs_url=needs_url,
                )
            )
            return ask

        return add
