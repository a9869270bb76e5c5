"""Health endpoint: 200, or 503 if the database, a writable data folder or disk space is missing.

The response has no details, since anybody may request it; the log and the portal's Health page have them.
"""

import logging
import os
import re
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.store.disk_space import MIN_FREE_BYTES

logger = logging.getLogger(__name__)
HEALTH = re.compile(
    r"/(?:healthz|ht|healthcheck|(?:caddy|streamgl-viz|streamgl-sessions|pivot"
    r"|streamgl-gpu/primary|streamgl-gpu/secondary/(?:cpu|gpu))/health)/?"
)


def answer_health(request: HttpRequest) -> HttpResponse:
    missing = what_is_missing()
    if missing:
        logger.error("not healthy: %s", "; ".join(missing))
    status = 503 if missing else 200
    if request.path.strip("/") == "ht" and prefers_html(request):
        state = "not well" if missing else "well"
        text = f"<!doctype html><title>Health</title><p>This server is {state}.</p>"
        return HttpResponse(text, status=status)
    return JsonResponse({"success": not missing}, status=status)


def prefers_html(request: HttpRequest) -> bool:
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"


def what_is_missing() -> list[str]:
    missing = []
    try:
        get_instance()
    except DatabaseError as error:
        missing.append(f"the database does not answer: {error}")
    if not can_write(settings.DATA_DIR):
        missing.append(f"{settings.DATA_DIR} cannot be written")
    elif shutil.disk_usage(settings.DATA_DIR).free < MIN_FREE_BYTES:
        missing.append(f"the disk of {settings.DATA_DIR} is full")
    return missing


def can_write(folder: Path) -> bool:
    """Try a write: `os.access` does not notice a file system that became read-only."""
    if not os.access(folder, os.W_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"1")
    except OSError:
        return False
    return True
