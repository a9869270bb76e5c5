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


@group.check("data.folder-mode", "SH-20", "SH-84", why="Graphs lie there in plain files.")
def folder_mode(deployment: Deployment) -> CheckResult:
    mode = stat.S_IMODE(deployment.data.stat().st_mode)
    if mode & 0o007 and deployment.profile != "laptop":
        return error(f"data/ has mode {mode:o}", SetMode(path=deployment.data, mode=mode & 0o2770))
    return ok(f"data/ has mode {mode:o}")


@group.check("data.database-mode", "SH-84", "SH-86", why="It holds every account.")
def database_mode(deployment: Deployment) -> CheckResult:
    if connection.vendor != "sqlite":
        return skipped("the database is a server of its own")
    path = Path(settings.DATABASES["default"]["NAME"])
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o007 and stat.S_IMODE(deployment.data.stat().st_mode) & 0o007:
        return warning(f"{path.name} has mode {mode:o}", SetMode(path=path, mode=mode & 0o660))
    return ok("other users of this machine cannot read it")


@group.check("data.log-mode", "AD-05", why="Logs name people and addresses.")
def log_mode(deployment: Deployment) -> CheckResult:
    path = deployment.data / "logs"
    if not path.exists():
        return skipped("there are no logs")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o007 and stat.S_IMODE(deployment.data.stat().st_mode) & 0o007:
        return warning(f"data/logs has mode {mode:o}", SetMode(path=path, mode=mode & 0o2770))
    return ok("other users of this machine cannot read them")


@group.check("data.backup", "SH-85", "AD-27", why="What was never backed up is gone with the disk.")
def backup(deployment: Deployment) -> CheckResult:
    if deployment.profile == "laptop":
        return skipped("not asked of a laptop")
    last = AuditEvent.objects.filter(event="backup.made").order_by("-at").first()
    if last is None:
        return error("no backup was made yet", ManualFix(text="graphkeep backup --to FOLDER"))
    if timezone.now() - last.at > timedelta(days=7):
        return warning(
            f"the last backup is of {last.at:%Y-%m-%d}", ManualFix(text="graphkeep backup schedule")
        )
    return ok(f"the last backup is of {last.at:%Y-%m-%d %H:%M}")


@group.check("data.leftovers", "SH-89", why="Parts of uploads that nobody finished fill the disk.")
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
    return ok("nothing old in data/tmp")


def database_address() -> str:
    return str(settings.DATABASE_URL)


@group.check("data.database-tls", "SH-32", "SH-86", why="The whole database goes over this line.")
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
    "data.database-role", "SH-65", "SH-86", why="The server needs no power over other databases."
)
def database_role(deployment: Deployment) -> CheckResult:
    if connection.vendor != "postgresql":
        return skipped("SQLite knows no roles")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    if row and row[0] and deployment.profile != "laptop":
        return warning(
            "the database role may do everything",
            ManualFix(text="CREATE ROLE graphkeep LOGIN; make it the owner of this database alone"),
        )
    return ok("the database role is an ordinary one")


@group.check("data.audit", "SH-09", "AD-12", why="Without the trail nobody can tell what happened.")
def audit_trail(deployment: Deployment) -> CheckResult:
    count = AuditEvent.objects.count()
    last = AuditEvent.objects.order_by("-pk").first()
    if last is not None and last.at > timezone.now() + timedelta(minutes=5):
        return warning(
            "the trail's last line lies in the future",
            ManualFix(text="set this machine's clock by NTP"),
        )
    return ok(f"{count} lines")
