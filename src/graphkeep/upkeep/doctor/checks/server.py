"""Server checks: supported versions, advisories, process owner, pending changes, free disk space, jobs, SSH."""

import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from graphkeep import plugins
from graphkeep.jobs.models import Job
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
from graphkeep.upkeep.supply.advisory_db import STALE_DAYS, match_advisories, snapshots
from graphkeep.upkeep.supply.inventory import components

group = CheckGroup("server")
# End of security support, as published by each project.
PYTHON_ENDS = {
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}
SYSTEM_ENDS = {
    "debian 11": date(2026, 8, 31), "debian 12": date(2028, 6, 30), "debian 13": date(2030, 6, 30),
    "ubuntu 20.04": date(2025, 5, 31), "ubuntu 22.04": date(2027, 4, 30), "ubuntu 24.04": date(2029, 4, 30),
    "ubuntu 26.04": date(2031, 4, 30),
}  # fmt: skip
OS_RELEASE = Path("/etc/os-release")
AUTO_UPGRADES = Path("/etc/apt/apt.conf.d")


def today() -> date:
    return datetime.now(UTC).date()


def ends(what: str, end: date | None) -> CheckResult:
    if end is None:
        return skipped(f"{what}: the end of its support is not known here")
    if end < today():
        return error(
            f"{what} has had no security support since {end}",
            ManualFix(text="move to a newer release"),
        )
    if (end - today()).days < 180:
        return warning(
            f"{what} has security support until {end} only",
            ManualFix(text="plan the move to a newer release"),
        )
    return ok(f"{what} has security support until {end}")


@group.check("server.plugins", why="What a package adds is missing where its plugin does not load.")
def plugins_load(deployment: Deployment) -> CheckResult:
    from graphkeep.compute import layouts  # noqa: F401  # importing a registry loads its plugins
    from graphkeep.compute.metrics import registry  # noqa: F401
    from graphkeep.sources import registry as formats  # noqa: F401

    if plugins.PROBLEMS:
        problems = " ".join(str(problem) for problem in plugins.PROBLEMS)
        return error(problems, ManualFix(text="mend or remove the package, then graphkeep restart"))
    return ok("every plugin of an installed package is loaded")


@group.check("server.python", "SH-17", why="An interpreter without support keeps its holes.")
def python_age(deployment: Deployment) -> CheckResult:
    return ends(f"Python {platform.python_version()}", PYTHON_ENDS.get(sys.version_info[:2]))


@group.check("server.system", "SH-17", why="A system without support keeps its holes.")
def system_age(deployment: Deployment) -> CheckResult:
    if not OS_RELEASE.exists():
        return skipped("this system does not tell what it is")
    release = dict(
        line.split("=", 1) for line in OS_RELEASE.read_text().splitlines() if "=" in line
    )
    name = f"{release.get('ID', '')} {release.get('VERSION_ID', '')}".replace('"', "")
    return ends(release.get("PRETTY_NAME", name).strip('"'), SYSTEM_ENDS.get(name))


@group.check("server.updates", "SH-17", why="Holes are used within days of their repair.")
def updates(deployment: Deployment) -> CheckResult:
    if deployment.profile in {"laptop", "air-gapped"} or not AUTO_UPGRADES.is_dir():
        return skipped("not asked here")
    texts = [path.read_text(errors="replace") for path in AUTO_UPGRADES.iterdir() if path.is_file()]
    if any('Unattended-Upgrade "1"' in text for text in texts):
        return ok("unattended upgrades are on")
    return warning(
        "unattended upgrades are off",
        ManualFix(
            text="apt-get install unattended-upgrades && dpkg-reconfigure unattended-upgrades"
        ),
    )


@group.check(
    "server.advisories",
    "SH-17",
    "AD-10",
    why="A known weakness is tried on every server that can be reached.",
)
def advisories(deployment: Deployment) -> CheckResult:
    installed = components()
    affected = [
        match for match in match_advisories(installed, deployment.data) if match.is_affected
    ]
    shipped = [match for match in affected if match.component.is_shipped]
    if shipped:
        return error(
            "; ".join(map(str, shipped)), ManualFix(text="move to a release that mends it")
        )
    if affected:
        return warning(
            f"tools that build the page: {'; '.join(map(str, affected))}",
            ManualFix(text="build with a release that mends it"),
        )
    imported = snapshots(deployment.data)
    import_fix = ManualFix(
        text="graphkeep advisories import FILE, as docs/how-to/operate/check-advisories.md tells"
    )
    missing = sorted(
        {component.ecosystem for component in installed}
        - {snapshot.ecosystem for snapshot in imported}
    )
    if missing:
        text = f"no advisories of {' and '.join(missing)} were imported"
        return skipped(text) if deployment.profile == "laptop" else warning(text, import_fix)
    oldest = min(snapshot.as_of for snapshot in imported)
    text = f"{len(installed)} parts, no advisory; the advisories are of {oldest:%Y-%m-%d}"
    if (datetime.now(UTC) - oldest).days > STALE_DAYS and deployment.profile != "laptop":
        return warning(text, import_fix)
    return ok(text)


@group.check(
    "server.not-root", "SH-19", "SH-20", why="Whoever breaks out of the server is then root."
)
def not_root(deployment: Deployment) -> CheckResult:
    pid = deployment.running.pids[0] if deployment.running is not None else os.getpid()
    try:
        owner = Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return skipped("this system does not tell whose a process is")
    if owner == 0 and deployment.profile != "laptop":
        return error(
            "the server runs as root",
            ManualFix(text="run it by the systemd unit in deploy/systemd, or by compose"),
        )
    return ok("the server does not run as root" if owner else "root on one person's machine")


@group.check(
    "server.pending-restart", "SH-27", "SH-58", why="A changed setting that does not hold deceives."
)
def pending_restart(deployment: Deployment) -> CheckResult:
    if deployment.running is None:
        return skipped("no server runs here")
    if deployment.running.fingerprint and deployment.running.fingerprint != deployment.fingerprint:
        return warning(
            "the configuration was changed since the start", ManualFix(text="graphkeep restart")
        )
    return ok("the server runs under the present configuration")


@group.check("server.names", "SH-22", why="A slip in a name leaves the setting unsaid.")
def names(deployment: Deployment) -> CheckResult:
    if deployment.unknown_settings:
        return error(
            "; ".join(deployment.unknown_settings),
            ManualFix(text="correct the name in data/config/custom.env"),
        )
    return ok("every name in custom.env is a setting")


@group.check("server.said-twice", "SH-22", why="Of two lines only the last one holds.")
def said_twice(deployment: Deployment) -> CheckResult:
    if deployment.repeated_names:
        return warning(
            f"said twice: {', '.join(deployment.repeated_names)}",
            ManualFix(text="take one of the lines away"),
        )
    return ok("every name is said once")


@group.check(
    "server.database-current",
    "AD-26",
    why="An older layout of the database fails at the first use.",
)
def database_current(deployment: Deployment) -> CheckResult:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return error(
            f"{len(waiting)} changes of the database wait", ManualFix(text="graphkeep restart")
        )
    return ok("the database is current")


@group.check("server.disk", "AD-33", why="A full disk refuses uploads and stops the database.")
def disk(deployment: Deployment) -> CheckResult:
    usage = shutil.disk_usage(deployment.data)
    free = usage.free / usage.total
    text = f"{usage.free / 1e9:.1f} GB free ({free:.0%})"
    if free < 0.05:
        return error(text, ManualFix(text="make room, or move data/ to a larger disk"))
    if free < 0.15:
        return warning(text, ManualFix(text="make room, or move data/ to a larger disk"))
    return ok(text)


@group.check("server.jobs", "AD-33", why="Work that waits for ever tells that no worker takes it.")
def jobs(deployment: Deployment) -> CheckResult:
    waiting = Job.objects.filter(state=Job.State.QUEUED).order_by("queued_at")
    first = waiting.first()
    minutes = (datetime.now(UTC) - first.queued_at).total_seconds() / 60 if first else 0
    if minutes > 10:
        return warning(
            f"{waiting.count()} jobs wait, the first for {minutes:.0f} min",
            ManualFix(text="graphkeep ps; graphkeep logs"),
        )
    return ok(f"{waiting.count()} jobs wait")


def sshd_says(name: str) -> str | None:
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        return None
    completed = subprocess.run(
        [program, "-T"], capture_output=True, text=True, timeout=10, check=False
    )
    for line in completed.stdout.splitlines():
        key, _, value = line.partition(" ")
        if key.lower() == name:
            return value.strip()
    return None


@group.check(
    "server.ssh-passwords", "SH-38", "SH-42", why="Passwords over SSH are guessed day and night."
)
def ssh_passwords(deployment: Deployment) -> CheckResult:
    value = sshd_says("passwordauthentication")
    if value is None:
        return skipped("no SSH server that tells its configuration")
    if value == "yes":
        return warning(
            "SSH takes passwords",
            ManualFix(text="PasswordAuthentication no  in /etc/ssh/sshd_config.d/"),
        )
    return ok("SSH takes keys alone")


@group.check("server.ssh-root", "SH-19", "SH-42", why="A shared root tells nobody who did what.")
def ssh_root(deployment: Deployment) -> CheckResult:
    value = sshd_says("permitrootlogin")
    if value is None:
        return skipped("no SSH server that tells its configuration")
    if value != "no":
        return warning(
            f"PermitRootLogin {value}",
            ManualFix(text="PermitRootLogin no  in /etc/ssh/sshd_config.d/"),
        )
    return ok("root does not come in by SSH")
