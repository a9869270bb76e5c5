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
from graphkeep.site.setting_declaration import RuntimeSetting

logger = logging.getLogger(__name__)
CACHE_S = 1.0


class _Cache:
    values: dict[str, str] = {}
    read_at = float("-inf")


def runtime_setting(name: str) -> Any:
    """The value that holds now; other processes' changes arrive within a second."""
    declared = declared_settings()[name]
    if declared.is_locked:
        return declared.configured
    text = stored_values().get(name)
    if text is None:
        return declared.default
    try:
        return declared.read(text)
    except ValueError:
        return declared.default


def stored_values() -> dict[str, str]:
    now = time.monotonic()
    if now - _Cache.read_at > CACHE_S:
        try:
            _Cache.values = dict(SiteSetting.objects.values_list("name", "value"))
        except DatabaseError:
            if _Cache.read_at == float("-inf"):
                raise
            logger.warning("the settings cannot be read; what held before goes on holding")
        _Cache.read_at = now
    return _Cache.values


def forget_cached_values() -> None:
    _Cache.read_at = float("-inf")


def declared_settings() -> dict[str, RuntimeSetting]:
    declared: dict[str, RuntimeSetting] = settings.RUNTIME_SETTINGS
    return declared
