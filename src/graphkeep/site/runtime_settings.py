"""Runtime settings: settings that take effect while the server runs.

Each is declared in the server's settings. The process's environment or `custom.env` wins and locks it; otherwise
the database's value is used; otherwise the default.
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
    """The current value of a setting; other processes' changes arrive within CACHE_S."""
    declaration = declared_settings()[name]
    if declaration.is_locked:
        return declaration.configured
    text = stored_values().get(name)
    if text is None:
        return declaration.default
    try:
        return declaration.read(text)
    except ValueError:
        return declaration.default


def stored_values() -> dict[str, str]:
    """The texts of the settings that were changed, by name; at most CACHE_S old."""
    now = time.monotonic()
    if now - _Cache.read_at > CACHE_S:
        try:
            _Cache.values = dict(SiteSetting.objects.values_list("name", "value"))
        except DatabaseError:
            if _Cache.read_at == float("-inf"):
                raise
            logger.warning("runtime settings cannot be read; the cached values stay in use")
        _Cache.read_at = now
    return _Cache.values


def forget_cached_values() -> None:
    """Clear the cache: the next read queries the database; other processes follow within CACHE_S."""
    _Cache.read_at = float("-inf")


def declared_settings() -> dict[str, RuntimeSetting]:
    """The declarations of all runtime settings, by name."""
    declarations: dict[str, RuntimeSetting] = settings.RUNTIME_SETTINGS
    return declarations
