"""The rights version, cached per process: it increases when any right is revoked."""

import time

from graphkeep.accounts.models import Instance

FRESH_S = 0.25


class _Cache:
    version = -1
    read_at = float("-inf")


def is_fresh() -> bool:
    """Whether the cached version is at most FRESH_S old."""
    return time.monotonic() - _Cache.read_at < FRESH_S


def last_version() -> int:
    """The cached version, however old; -1 before the first read."""
    return _Cache.version


def read_version() -> int:
    """The current version, at most FRESH_S old; every revocation by any process increments it."""
    if not is_fresh():
        asked_at = time.monotonic()
        version = Instance.objects.filter(pk=1).values_list("rights_version", flat=True).first()
        _Cache.version, _Cache.read_at = version or 0, asked_at
    return _Cache.version
