"""How the server is: each part, what it holds, and what waits."""

import shutil
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from graphkeep.accounts.live import live
from graphkeep.accounts.mail import can_send_mail
from graphkeep.accounts.models import BrowserSession, User
from graphkeep.datasets.models import Dataset
from graphkeep.jobs.models import Job
from graphkeep.server.portal.site import portal


def facts() -> list[tuple[str, Any, bool]]:
    """What it is, how it is, and whether that is well."""
    disk = shutil.disk_usage(settings.DATA_DIR)
    free = disk.free / disk.total
    waiting = Job.objects.filter(state=Job.State.QUEUED).count()
    living = BrowserSession.objects.filter(expire_date__gt=timezone.now()).exclude(user=None)
    gapped = live("IS_AIR_GAPPED")
    return [
        ("Version", version("graphkeep"), True),
        ("Database", connection.vendor, True),
        ("Disk below data/", f"{disk.free / 1e9:.1f} GB free ({free:.0%})", free > 0.05),
        ("Jobs that wait", waiting, waiting < 100),
        ("Jobs that run", Job.objects.filter(state=Job.State.RUNNING).count(), True),
        ("Active users", User.objects.filter(is_active=True).count(), True),
        ("Browsers signed in", living.count(), True),
        ("Graphs", Dataset.objects.count(), True),
        ("TLS cookies", "on" if settings.COOKIE_SECURE else "off", settings.COOKIE_SECURE),
        ("Domain", live("SITE_DOMAIN") or "not set", bool(live("SITE_DOMAIN"))),
        ("Mail", "on" if can_send_mail() else "off", True),
        ("Air gap", "on" if gapped else "off", True),
    ]


def health_page(request: HttpRequest) -> TemplateResponse:
    said = {"title": "Health", "facts": facts()}
    return TemplateResponse(request, "portal/health.html", {**portal.each_context(request), **said})


portal.page("Settings", "Health", "health/", health_page)
