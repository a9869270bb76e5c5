"""Data checks: file modes, backups, temporary files, database connection and role, audit log."""

import stat
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from graphkeep.accounts.models import AuditEvent
from graphkeep.upkeep.deployment import Deployment
from graphkeep.upkeep.doctor.check import (
    CheckGroup,
    CheckResult,
    ManualFix,
    SetMode,
    error,
    ok,
    skipped,
    warning,
)

group = CheckGroup("data")
OLD = timedelta(days=1)


@group.check(
    "data.folder-mode", "SH-20", "SH-84", why="The folder contains graphs in unencrypted files."
)
def folder_mode(deployment: Deployment) -> CheckResult:
    mode = stat.S_IMODE(deployment.data.stat().st_mode)
    if mode & 0o007 and deployment.profile != "laptop":
        return error(f"data/ has mode {mode:o}", SetMode(path=deployment.data, mode=mode & 0o2770))
    return ok(f"data/ has mode {mode:o}")


@group.check("data.database-mode", "SH-84", "SH-86", why="The database contains every account.")
def database_mode(deployment: Deployment) -> CheckResult:
    if connection.vendor != "sqlite":
        return skipped("the database is a separate server")
    path = Path(settings.DATABASES["default"]["NAME"])
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o007 and stat.S_IMODE(deployment.data.stat().st_mode) & 0o007:
        return warning(f"{path.name} has mode {mode:o}", SetMode(path=path, mode=mode & 0o660))
    return ok("not readable by other users of this machine")


@group.check("data.log-mode", "AD-05", why="Logs contain user names and addresses.")
def log_mode(deployment: Deployment) -> CheckResult:
    path = deployment.data / "logs"
    if not path.exists():
        return skipped("there are no logs")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o007 and stat.S_IMODE(deployment.data.stat().st_mode) & 0o007:
        return warning(f"data/logs has mode {mode:o}", SetMode(path=path, mode=mode & 0o2770))
    return ok("not readable by other users of this machine")


@group.check("data.backup", "SH-85", "AD-27", why="Data without a backup is lost with the disk.")
def backup(deployment: Deployment) -> CheckResult:
    if deployment.profile == "laptop":
        return skipped("does not apply to a laptop")
    last = AuditEvent.objects.filter(event="backup.made").order_by("-at").first()
    if last is None:
        return error("there is no backup yet", ManualFix(text="graphkeep backup --to FOLDER"))
    if timezone.now() - last.at > timedelta(days=7):
        return warning(
            f"last backup: {last.at:%Y-%m-%d}", ManualFix(text="graphkeep backup schedule")
        )
    return ok(f"last backup: {last.at:%Y-%m-%d %H:%M}")


@group.check("data.leftovers", "SH-89", why="Parts of unfinished uploads fill the disk.")
def leftovers(deployment: Deployment) -> CheckResult:
    cutoff = (timezone.now() - OLD).timestamp()
    folder = Path(settings.TMP_DIR)
    old_files = (
        [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime < cutoff]
        if folder.exists()
        else []
    )
    if old_files:
        size = sum(path.stat().st_size for path in old_files)
        return warning(
            f"{len(old_files)} files ({size / 1e6:.1f} MB) older than a day in data/tmp",
            ManualFix(text="graphkeep cache purge"),
        )
    return ok("no file older than a day in data/tmp")


def database_address() -> str:
    return str(settings.DATABASE_URL)


@group.check(
    "data.database-tls", "SH-32", "SH-86", why="The connection carries the entire database."
)
def database_tls(deployment: Deployment) -> CheckResult:
    address = urlsplit(database_address())
    if connection.vendor != "postgresql" or address.hostname in {
        None,
        "localhost",
        "127.0.0.1",
        "::1",
        "postgres",
    }:
        return skipped("the database is on this machine")
    mode = parse_qs(address.query).get("sslmode", ["prefer"])[0]
    if mode not in {"verify-full", "verify-ca"}:
        return error(
            f"sslmode={mode} to {address.hostname}",
            ManualFix(text="add ?sslmode=verify-full to DATABASE_URL"),
        )
    return ok(f"sslmode={mode}")


@group.check(
    "data.database-role", "SH-65", "SH-86", why="The server needs no rights on other databases."
)
def database_role(deployment: Deployment) -> CheckResult:
    if connection.vendor != "postgresql":
        return skipped("SQLite has no roles")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    if row and row[0] and deployment.profile != "laptop":
        return warning(
            "the database role is a superuser, or can create roles",
            ManualFix(text="CREATE ROLE graphkeep LOGIN; make it the owner of this database only"),
        )
    return ok("the database role is not privileged")


@group.check(
    "data.audit", "SH-09", "AD-12", why="Without the audit log, incidents cannot be reconstructed."
)
def audit_trail(deployment: Deployment) -> CheckResult:
    count = AuditEvent.objects.count()
    last = AuditEvent.objects.order_by("-pk").first()
    if last is not None and last.at > timezone.now() + timedelta(minutes=5):
        return warning(
            "the last event of the audit log is in the future",
            ManualFix(text="synchronize this machine's clock (NTP)"),
        )
    return ok(f"{count} events")
