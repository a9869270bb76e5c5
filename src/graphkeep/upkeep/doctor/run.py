"""Run the selected checks; a check that fails to run becomes an error finding and does not stop the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import DatabaseError

from graphkeep.graph.errors import GraphkeepError
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import Check, CheckResult, error, skipped
from graphkeep.upkeep.doctor.checks import CHECKS

# Requirements about authentication, which belong to several topics.
AUTHENTICATION = frozenset(
    {"SH-07", "SH-07b", "SH-08", "SH-09", "SH-10", "SH-24", "SH-25", "SH-26", "SH-32", "SH-33",
     "SH-37", "SH-69", "SH-70", "SH-71", "AD-17", "V27"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Finding:
    check: Check
    result: CheckResult

    @property
    def is_bad(self) -> bool:
        return self.result.state in {"warning", "error"}

    @property
    def why(self) -> str:
        return self.result.why or self.check.why


def run_checks(
    deployment: Deployment,
    *,
    topic: str = "",
    only_fast: bool = False,
    checks: Iterable[Check] = CHECKS,
) -> list[Finding]:
    return [
        Finding(check=check, result=run_check(check, deployment))
        for check in checks
        if matches(check, topic) and (check.is_fast or not only_fast)
    ]


def matches(check: Check, topic: str) -> bool:
    """Whether a check belongs to a topic; the topic `auth` selects all authentication checks, whatever their own topic."""
    if topic == "auth":
        return not AUTHENTICATION.isdisjoint(check.rows)
    return not topic or check.topic == topic


def run_check(check: Check, deployment: Deployment) -> CheckResult:
    if check.needs_url and not deployment.url:
        return skipped("external check: needs --url https://…")
    try:
        return check.run(deployment)
    except (OSError, DatabaseError, GraphkeepError) as failure:
        return error(f"the check failed to run: {failure}")


def is_clean(findings: list[Finding]) -> bool:
    return not any(finding.result.state == "error" for finding in findings)
