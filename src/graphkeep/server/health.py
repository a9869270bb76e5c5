"""Whether the server can do its work: 200, or 503 while something that it needs is missing.

Strangers learn no more than that; the log says what is missing, and the portal's Health page.
"""

import logging
import os
import re
import shutil

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse

from graphkeep.accounts.tokens import instance
from graphkeep.store.room import LEAST_FREE_BYTES

logger = logging.getLogger(__name__)
HEALTH = re.compile(r"/(?:healthz|ht|healthcheck|streamgl-(?:viz|sessions)/health|pivot/health)/?")


def answer_health(request: HttpRequest) -> JsonResponse:
    missing = what_is_missing()
    if missing:
        logger.error("not healthy: %s", "; ".join(missing))
    return JsonResponse({"success": not missing}, status=503 if missing else 200)


def what_is_missing() -> list[str]:
    missing = []
    try:
        instance()
    except DatabaseError as error:
        missing.append(f"the database does not answer: {error}")
    if not os.access(settings.DATA_DIR, os.W_OK):
        missing.append(f"{settings.DATA_DIR} cannot be written")
    elif shutil.disk_usage(settings.DATA_DIR).free < LEAST_FREE_BYTES:
        missing.append(f"the disk of {settings.DATA_DIR} is full")
    return missing
