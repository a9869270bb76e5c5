"""Ask every question that fits, and keep what one of them cannot answer from hiding the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import DatabaseError

from graphkeep.graph.errors import GraphkeepError
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import Answer, Check, error, skipped
from graphkeep.upkeep.doctor.checks import CHECKS

# Authentication is asked about on several pages: these rows of the guide tell of it.
AUTHENTICATION = frozenset(
    {"SH-07", "SH-07b", "SH-08", "SH-09", "SH-10", "SH-24", "SH-25", "SH-26", "SH-32", "SH-33",
     "SH-37", "SH-69", "SH-70", "SH-71", "AD-17", "V27"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Finding:
    check: Check
    answer: Answer

    @property
    def is_bad(self) -> bool:
        return self.answer.state in {"warning", "error"}

    @property
    def why(self) -> str:
        return self.answer.why or self.check.why


def examine(
    here: Deployment, *, topic: str = "", only_fast: bool = False, checks: Iterable[Check] = CHECKS
) -> list[Finding]:
    return [
        Finding(check=one, answer=answer(one, here))
        for one in checks
        if is_about(one, topic) and (one.is_fast or not only_fast)
    ]


def is_about(check: Check, topic: str) -> bool:
    """`auth` is every question about authentication, whatever its page."""
    if topic == "auth":
        return not AUTHENTICATION.isdisjoint(check.rows)
    return not topic or check.topic == topic


def answer(check: Check, here: Deployment) -> Answer:
    if check.needs_url and not here.url:
        return skipped("asked from outside only: --url https://…")
    try:
        return check.ask(here)
    except (OSError, DatabaseError, GraphkeepError) as failure:
        return error(f"the question could not be asked: {failure}")


def is_clean(findings: list[Finding]) -> bool:
    return not any(one.answer.state == "error" for one in findings)
