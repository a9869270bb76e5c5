"""Whether a right was taken away anywhere: one small question a process, however many pages are open."""

import time

from graphkeep.accounts.models import Instance

FRESH_S = 0.25


class _Cache:
    version = -1
    read_at = float("-inf")


def is_fresh() -> bool:
    return time.monotonic() - _Cache.read_at < FRESH_S


def last_version() -> int:
    return _Cache.version


def read_version() -> int:
    """Grows with every deed of any process that takes a right away."""
    if not is_fresh():
        asked_at = time.monotonic()
        found = Instance.objects.filter(pk=1).values_list("rights_version", flat=True).first()
        _Cache.version, _Cache.read_at = found or 0, asked_at
    return _Cache.version
