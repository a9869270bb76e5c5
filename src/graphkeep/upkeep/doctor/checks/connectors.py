"""Connector checks: their sources, what their accounts may do, data bridges and their slots."""

from graphkeep.accounts.actor import CONSOLE
from graphkeep.bridge.protocol.handshake import MIN_KEY_LENGTH
from graphkeep.connectors.bridge.keys import configured_slots
from graphkeep.connectors.bridge.operations import slots_of_server
from graphkeep.connectors.models import Connector
from graphkeep.connectors.operations.check import audit_connector, check_connector
from graphkeep.graph.errors import GraphkeepError
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    error,
    ok,
    skipped,
    warning,
)

group = CheckGroup("connectors")


@group.check(
    "connectors.test",
    "SH-63",
    why="A connector that fails is noticed before somebody needs it, with the stage that fails.",
    is_fast=False,
)
def sources_answer(deployment: Deployment) -> CheckResult:
    connectors = list(Connector.objects.filter(is_enabled=True).order_by("name"))
    if not connectors:
        return skipped("there are no connectors")
    results = [(each.name, check_connector(each, actor=CONSOLE)) for each in connectors]
    failed = [f"{name}: {result.stage}" for name, result in results if not result.is_ok]
    if failed:
        fix = ManualFix(text="graphkeep connector test NAME shows the reason and the fix")
        return error("; ".join(failed), fix)
    return ok(f"{len(connectors)} connectors answer")


@group.check(
    "connectors.account-rights",
    "SH-65",
    why="An account that may write, or read more than is needed, makes every query a greater risk.",
    is_fast=False,
)
def account_rights(deployment: Deployment) -> CheckResult:
    connectors = list(Connector.objects.filter(is_enabled=True).order_by("name"))
    if not connectors:
        return skipped("there are no connectors")
    excess = []
    for each in connectors:
        try:
            findings = audit_connector(each, actor=CONSOLE)
        except GraphkeepError:
            continue  # connectors.test says that it cannot be reached
        excess += [f"{each.name}: {finding.check}" for finding in findings if finding.is_excess]
    if excess:
        fix = ManualFix(text="graphkeep connector audit NAME shows what to revoke")
        return warning("; ".join(excess), fix)
    return ok("no account has more rights than are needed")


@group.check(
    "connectors.grants",
    "SH-60",
    why="A right to write queries for a whole organization reaches everybody who joins it.",
)
def wide_grants(deployment: Deployment) -> CheckResult:
    wide = Connector.objects.filter(
        grants__organization__isnull=False, grants__right__in=["ask", "manage"]
    ).distinct()
    names = ", ".join(wide.order_by("name").values_list("name", flat=True))
    if names:
        fix = ManualFix(text="grant ask and manage to people: graphkeep connector grant NAME")
        return warning(f"granted to whole organizations: {names}", fix)
    return ok("rights to write queries are granted to people only")


@group.check(
    "bridges.connected",
    "SH-64",
    why="A bridge that is not heard answers no query, and may have been stopped by somebody else.",
)
def connected(deployment: Deployment) -> CheckResult:
    silent = [row for row in slots_of_server() if row.state in {"lost", "left"}]
    if not silent:
        return ok(f"{len(slots_of_server())} slots")
    names = ", ".join(f"{row.slot} ({row.state})" for row in silent)
    fix = ManualFix(text="start the bridge, or end its slot: graphkeep bridge revoke NAME")
    return warning(f"not connected: {names}", fix)


@group.check(
    "bridges.keys",
    "AD-25",
    why="Whoever guesses both keys of a slot acts as the bridge or the server.",
)
def keys(deployment: Deployment) -> CheckResult:
    names = {"SPLUNK_SERVER_KEY", "SPLUNK_PROXY_KEY"}
    short = sorted(
        name for name in names if 0 < len(deployment.setting(name).text) < MIN_KEY_LENGTH
    )
    if short:
        fix = ManualFix(text="make keys of 32 random bytes each, as graphkeep bridge keys does")
        return error(f"shorter than {MIN_KEY_LENGTH} characters: {', '.join(short)}", fix)
    return ok(f"{len(configured_slots())} slots of the configuration")
