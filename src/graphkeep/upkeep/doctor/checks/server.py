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


def ends(product: str, end: date | None) -> CheckResult:
    if end is None:
        return skipped(f"{product}: end of support unknown")
    if end < today():
        return error(
            f"{product} has had no security support since {end}",
            ManualFix(text="move to a newer release"),
        )
    if (end - today()).days < 180:
        return warning(
            f"{product} has security support until {end} only",
            ManualFix(text="plan the move to a newer release"),
        )
    return ok(f"{product} has security support until {end}")


@group.check("server.plugins", why="The features of a plugin are missing if it does not load.")
def plugins_load(deployment: Deployment) -> CheckResult:
    from graphkeep.compute import layouts  # noqa: F401  # importing a registry loads its plugins
    from graphkeep.compute.metrics import registry  # noqa: F401
    from graphkeep.sources import registry as formats  # noqa: F401

    if plugins.PROBLEMS:
        problems = " ".join(str(problem) for problem in plugins.PROBLEMS)
        return error(problems, ManualFix(text="fix or remove the package, then graphkeep restart"))
    return ok("every installed plugin is loaded")


@group.check("server.python", "SH-17", why="An unsupported Python gets no security fixes.")
def python_age(deployment: Deployment) -> CheckResult:
    return ends(f"Python {platform.python_version()}", PYTHON_ENDS.get(sys.version_info[:2]))


@group.check(
    "server.system", "SH-17", why="An unsupported operating system gets no security fixes."
)
def system_age(deployment: Deployment) -> CheckResult:
    if not OS_RELEASE.exists():
        return skipped("no /etc/os-release on this system")
    release = dict(
        line.split("=", 1) for line in OS_RELEASE.read_text().splitlines() if "=" in line
    )
    name = f"{release.get('ID', '')} {release.get('VERSION_ID', '')}".replace('"', "")
    return ends(release.get("PRETTY_NAME", name).strip('"'), SYSTEM_ENDS.get(name))


@group.check(
    "server.updates", "SH-17", why="Vulnerabilities are exploited within days of their publication."
)
def updates(deployment: Deployment) -> CheckResult:
    if deployment.profile in {"laptop", "air-gapped"} or not AUTO_UPGRADES.is_dir():
        return skipped("does not apply")
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
    why="Known vulnerabilities are tried on every reachable server.",
)
def advisories(deployment: Deployment) -> CheckResult:
    installed = components()
    affected = [
        match for match in match_advisories(installed, deployment.data) if match.is_affected
    ]
    shipped = [match for match in affected if match.component.is_shipped]
    if shipped:
        return error(
            "; ".join(map(str, shipped)), ManualFix(text="upgrade to a release with the fix")
        )
    if affected:
        return warning(
            f"tools that build the page: {'; '.join(map(str, affected))}",
            ManualFix(text="build with a release that has the fix"),
        )
    imported = snapshots(deployment.data)
    import_fix = ManualFix(
        text="graphkeep advisories import FILE (docs/how-to/operate/check-advisories.md)"
    )
    missing = sorted(
        {component.ecosystem for component in installed}
        - {snapshot.ecosystem for snapshot in imported}
    )
    if missing:
        text = f"no advisories imported for {' and '.join(missing)}"
        return skipped(text) if deployment.profile == "laptop" else warning(text, import_fix)
    oldest = min(snapshot.as_of for snapshot in imported)
    text = f"{len(installed)} components, no advisory; advisory database of {oldest:%Y-%m-%d}"
    if (datetime.now(UTC) - oldest).days > STALE_DAYS and deployment.profile != "laptop":
        return warning(text, import_fix)
    return ok(text)


@group.check("server.not-root", "SH-19", "SH-20", why="An exploit of the server would give root.")
def not_root(deployment: Deployment) -> CheckResult:
    pid = deployment.running.pids[0] if deployment.running is not None else os.getpid()
    try:
        owner = Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return skipped("the owner of the process is unknown on this system")
    if owner == 0 and deployment.profile != "laptop":
        return error(
            "the server runs as root",
            ManualFix(text="run it with the systemd unit in deploy/systemd, or with compose"),
        )
    return ok("the server does not run as root" if owner else "root on a single-user machine")


@group.check(
    "server.pending-restart",
    "SH-27",
    "SH-58",
    why="A changed setting has no effect before the restart.",
)
def pending_restart(deployment: Deployment) -> CheckResult:
    if deployment.running is None:
        return skipped("no server is running")
    if deployment.running.fingerprint and deployment.running.fingerprint != deployment.fingerprint:
        return warning(
            "the configuration has changed since the server started",
            ManualFix(text="graphkeep restart"),
        )
    return ok("the server runs with the current configuration")


@group.check("server.names", "SH-22", why="A misspelled name leaves the setting at its default.")
def names(deployment: Deployment) -> CheckResult:
    if deployment.unknown_settings:
        return error(
            "; ".join(deployment.unknown_settings),
            ManualFix(text="correct the name in data/config/custom.env"),
        )
    return ok("every name in custom.env is known")


@group.check(
    "server.said-twice", "SH-22", why="Of two lines with the same name, the last one applies."
)
def repeated_settings(deployment: Deployment) -> CheckResult:
    if deployment.repeated_names:
        return warning(
            f"set twice: {', '.join(deployment.repeated_names)}",
            ManualFix(text="remove one of the lines"),
        )
    return ok("every name is set once")


@group.check(
    "server.database-current",
    "AD-26",
    why="Missing migrations make requests fail.",
)
def database_current(deployment: Deployment) -> CheckResult:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return error(
            f"{len(waiting)} database migrations are pending", ManualFix(text="graphkeep restart")
        )
    return ok("no pending migration")


@group.check("server.disk", "AD-33", why="A full disk blocks uploads and stops the database.")
def disk(deployment: Deployment) -> CheckResult:
    usage = shutil.disk_usage(deployment.data)
    free = usage.free / usage.total
    text = f"{usage.free / 1e9:.1f} GB free ({free:.0%})"
    if free < 0.05:
        return error(text, ManualFix(text="free disk space, or move data/ to a larger disk"))
    if free < 0.15:
        return warning(text, ManualFix(text="free disk space, or move data/ to a larger disk"))
    return ok(text)


@group.check("server.jobs", "AD-33", why="Jobs that stay queued show that no worker is running.")
def jobs(deployment: Deployment) -> CheckResult:
    waiting = Job.objects.filter(state=Job.State.QUEUED).order_by("queued_at")
    first = waiting.first()
    minutes = (datetime.now(UTC) - first.queued_at).total_seconds() / 60 if first else 0
    if minutes > 10:
        return warning(
            f"{waiting.count()} jobs are queued, the oldest for {minutes:.0f} min",
            ManualFix(text="graphkeep ps; graphkeep logs"),
        )
    return ok(f"{waiting.count()} jobs are queued")


def sshd_setting(name: str) -> str | None:
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


@group.check("server.ssh-passwords", "SH-38", "SH-42", why="SSH passwords are attacked constantly.")
def ssh_passwords(deployment: Deployment) -> CheckResult:
    value = sshd_setting("passwordauthentication")
    if value is None:
        return skipped("no SSH server with a readable configuration")
    if value == "yes":
        return warning(
            "SSH accepts passwords",
            ManualFix(text="PasswordAuthentication no  in /etc/ssh/sshd_config.d/"),
        )
    return ok("SSH accepts keys only")


@group.check(
    "server.ssh-root",
    "SH-19",
    "SH-42",
    why="Actions of a shared root account cannot be attributed.",
)
def ssh_root(deployment: Deployment) -> CheckResult:
    value = sshd_setting("permitrootlogin")
    if value is None:
        return skipped("no SSH server with a readable configuration")
    if value != "no":
        return warning(
            f"PermitRootLogin {value}",
            ManualFix(text="PermitRootLogin no  in /etc/ssh/sshd_config.d/"),
        )
    return ok("root cannot sign in over SSH")
