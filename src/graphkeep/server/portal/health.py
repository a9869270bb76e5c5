"""The health page of the portal: versions, disk, jobs, sessions, connections and transfer."""

import shutil
from datetime import timedelta
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from graphkeep.accounts import usage
from graphkeep.accounts.models import AuditEvent, BrowserSession, Usage, User
from graphkeep.datasets.models import Dataset
from graphkeep.jobs.models import Job
from graphkeep.server.portal.site import portal
from graphkeep.server.process.support import is_offered
from graphkeep.site.egress_endpoints import SUPPORT, TRACES, list_endpoints
from graphkeep.site.mail import can_send_mail
from graphkeep.site.runtime_settings import runtime_setting

LOUD = {"TRACE", "DEBUG"}


def facts() -> list[tuple[str, Any, bool]]:
    """Rows of the page: label, value, and whether the value is healthy."""
    disk = shutil.disk_usage(settings.DATA_DIR)
    free = disk.free / disk.total
    waiting = Job.objects.filter(state=Job.State.QUEUED).count()
    sessions = BrowserSession.objects.filter(expire_date__gt=timezone.now()).exclude(user=None)
    is_air_gapped = runtime_setting("IS_AIR_GAPPED")
    backup = AuditEvent.objects.filter(event="backup.made").order_by("-at").first()
    is_recent = backup is not None and timezone.now() - backup.at < timedelta(days=7)
    return [
        ("Version", version("graphkeep"), True),
        ("Database", connection.vendor, True),
        ("Disk below data/", f"{disk.free / 1e9:.1f} GB free ({free:.0%})", free > 0.05),
        ("Last backup", f"{backup.at:%Y-%m-%d %H:%M}" if backup else "none yet", is_recent),
        ("Graph storage", settings.GRAPHKEEP_STORE or "data/graphs", True),
        ("Queued jobs", waiting, waiting < 100),
        ("Running jobs", Job.objects.filter(state=Job.State.RUNNING).count(), True),
        ("Active users", User.objects.filter(is_active=True).count(), True),
        ("Browsers signed in", sessions.count(), True),
        ("Graphs", Dataset.objects.count(), True),
        ("TLS cookies", "on" if settings.COOKIE_SECURE else "off", settings.COOKIE_SECURE),
        (
            "Domain",
            runtime_setting("SITE_DOMAIN") or "not set",
            bool(runtime_setting("SITE_DOMAIN")),
        ),
        ("Mail", "on" if can_send_mail() else "off", True),
        ("Air gap", "on" if is_air_gapped else "off", True),
        ("Log", f"{settings.LOG_LEVEL}, {settings.LOG_FORMAT}", settings.LOG_LEVEL not in LOUD),
        ("Prometheus metrics", settings.METRICS_LISTEN or "off", True),
        ("Traces", way_out(TRACES), True),
        ("Support", way_out(SUPPORT), True),
        ("Planned restarts", settings.CRON_RESTART or "none", True),
    ]


def way_out(component: str) -> str:
    endpoint = next(endpoint for endpoint in list_endpoints() if endpoint.component == component)
    return f"{endpoint.state}, {endpoint.host}" if endpoint.state == "on" else endpoint.state


def top_downloads() -> list[dict[str, str]]:
    """The ten users with the most downloaded bytes in the last thirty days."""
    since = usage.today() - timedelta(days=30)
    totals = Usage.objects.filter(day__gt=since).values("user_id", "user__username")
    largest = totals.annotate(sent=Sum("sent_bytes")).order_by("-sent")[:10]
    summaries = {row["user__username"]: usage.usage_summary(row["user_id"]) for row in largest}
    return [
        {"name": name, **{kind: usage.format_bytes(size) for kind, size in sizes.items()}}
        for name, sizes in summaries.items()
    ]


def health_page(request: HttpRequest) -> TemplateResponse:
    limit: int = settings.DOWNLOAD_PER_USER_DAY
    context = {
        "title": "Health",
        "facts": facts(),
        "top_downloads": top_downloads(),
        "daily_limit": usage.format_bytes(limit) if limit else "",
        "contact": "" if runtime_setting("IS_AIR_GAPPED") else settings.SUPPORT_CONTACT,
        "can_send": is_offered(),
    }
    return TemplateResponse(
        request, "portal/health.html", {**portal.each_context(request), **context}
    )


portal.page("Settings", "Health", "health/", health_page)
