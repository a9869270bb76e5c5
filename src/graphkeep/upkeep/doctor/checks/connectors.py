"""Connector checks: data bridges and their slots."""

from graphkeep.bridge.handshake import MIN_KEY_LENGTH
from graphkeep.connectors.bridge.keys import configured_slots
from graphkeep.connectors.bridge.operations import slots_of_server
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import CheckGroup, CheckResult, ManualFix, error, ok, warning

group = CheckGroup("connectors")


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
