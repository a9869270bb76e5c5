"""Compute checks: whether queries and Python are enabled, for whom, and how far the sandbox isolates them."""

from functools import cache

from graphkeep.accounts.models import User
from graphkeep.datasets.storage import compute_pool
from graphkeep.graph.errors import UnavailableError
from graphkeep.sandbox.isolation import NO_ISOLATION, IsolationReport
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    SetLine,
    error,
    ok,
    skipped,
    warning,
)

group = CheckGroup("api")


def is_on(deployment: Deployment, name: str) -> bool:
    return deployment.setting(name).text.lower() in {"1", "true", "yes", "on"}


@cache
def isolation() -> IsolationReport:
    """The isolation that a sandbox has on this machine, determined by starting one."""
    try:
        return compute_pool().report()
    except UnavailableError:
        return NO_ISOLATION


@group.check(
    "api.query-endpoint",
    "AD-09",
    why="Queries are untrusted input; the engine must run them in an isolated sandbox.",
    is_fast=False,
)
def query_endpoint(deployment: Deployment) -> CheckResult:
    if not is_on(deployment, "ENABLE_GFQL_ENDPOINT"):
        return skipped("queries are disabled")
    report = isolation()
    if not report.is_confined:
        return error(
            f"queries are refused because the sandbox lacks: {', '.join(report.missing)}",
            ManualFix(
                text="use a kernel of 5.13 or newer with seccomp, or set ENABLE_GFQL_ENDPOINT=false"
            ),
        )
    return ok("the query sandbox has no network and no access to other files")


@group.check(
    "api.python-endpoint",
    "AD-08",
    "AD-07",
    why="Python code may try to escape the sandbox; disable it if it is not used.",
    is_fast=False,
)
def python_endpoint(deployment: Deployment) -> CheckResult:
    if not is_on(deployment, "ENABLE_PYTHON_ENDPOINT"):
        return ok("Python is disabled")
    switch_off = SetLine(name="ENABLE_PYTHON_ENDPOINT", value="false")
    report = isolation()
    if not report.is_full:
        return error(
            f"Python is enabled but refused: the sandbox lacks {', '.join(report.missing)}",
            switch_off,
        )
    people = User.objects.filter(may_run_python=True, is_active=True).order_by("username")
    names = list(people.values_list("username", flat=True)[:10])
    if not names:
        return warning("Python is enabled although no user may run it", switch_off)
    return ok(f"Python runs fully isolated; permitted users: {', '.join(names)}")
