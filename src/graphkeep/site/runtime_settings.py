"""Settings that take effect while the server runs.

Each is declared beside the others in the server's settings. What the process's environment or
`custom.env` says wins and locks it; otherwise the portal's row holds; otherwise the default.
"""

import logging
import time
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from graphkeep.site.models import SiteSetting
from graphkeep.site.setting_declaration import Live

logger = logging.getLogger(__name__)
FRESH_S = 1.0


class _Rows:
    values: dict[str, str] = {}
    read_at = float("-inf")


def live(name: str) -> Any:
    """The value that holds now; other processes' changes arrive within a second."""
    declared = declared_live()[name]
    if declared.is_locked:
        return declared.said
    text = rows().get(name)
    if text is None:
        return declared.default
    try:
        return declared.read(text)
    except ValueError:
        return declared.default


def rows() -> dict[str, str]:
    now = time.monotonic()
    if now - _Rows.read_at > FRESH_S:
        try:
            _Rows.values = dict(SiteSetting.objects.values_list("name", "value"))
        except DatabaseError:
            if _Rows.read_at == float("-inf"):
                raise
            logger.warning("the settings cannot be read; what held before goes on holding")
        _Rows.read_at = now
    return _Rows.values


def forget_rows() -> None:
    _Rows.read_at = float("-inf")


def declared_live() -> dict[str, Live]:
    declared: dict[str, Live] = settings.LIVE_SETTINGS
    return declared
