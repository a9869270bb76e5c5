"""Rate limits: fixed windows counted in the database, so that all processes throttle together.

A hit is counted before the work that it limits, in one transaction, so that parallel requests cannot pass one
another. `docs/decisions/` has the libraries that were measured.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from graphkeep.accounts.models import RateLimitCounter
from graphkeep.graph.errors import GraphkeepError

MAX_WINDOW = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """At most `max_hits` for each subject in a `window`, which begins with the subject's first hit.

    `message` is sent to a refused client; `{wait}` in it becomes the time until the window ends.
    """

    name: str
    max_hits: int
    window: timedelta
    message: str


class RateLimitedError(GraphkeepError):
    """429: try again in `retry_after_s` seconds, which is at least 1."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def hit(limit: RateLimit, subject: str, *, amount: int = 1) -> None:
    """Count `amount` hits of a subject, such as a user name or an address; stored as a hash only.

    Raises:
        RateLimitedError: with these hits there are more than `max_hits` in the window. They stay counted.
    """
    key = key_of(limit, subject)
    now = timezone.now()
    with transaction.atomic():
        RateLimitCounter.objects.filter(pk=key, started_at__lte=now - limit.window).delete()
        _, is_new = RateLimitCounter.objects.get_or_create(pk=key, defaults={"started_at": now})
        RateLimitCounter.objects.filter(pk=key).update(hits=F("hits") + amount)
        counter = RateLimitCounter.objects.get(pk=key)
    if is_new:
        RateLimitCounter.objects.filter(started_at__lt=now - MAX_WINDOW).delete()
    if counter.hits > limit.max_hits:
        ends_at = counter.started_at + limit.window
        seconds = max(1, math.ceil((ends_at - now).total_seconds()))
        message = limit.message.format(wait=duration_text(seconds))
        raise RateLimitedError(message, retry_after_s=seconds)


def undo_hit(limit: RateLimit, subject: str) -> None:
    """Undo one hit that was not an attempt of the limited kind."""
    RateLimitCounter.objects.filter(pk=key_of(limit, subject), hits__gt=0).update(
        hits=F("hits") - 1
    )


def reset(limit: RateLimit, subject: str) -> None:
    """Reset the hits of a subject."""
    RateLimitCounter.objects.filter(pk=key_of(limit, subject)).delete()


def key_of(limit: RateLimit, subject: str) -> str:
    return hashlib.sha256(f"{limit.name}:{subject}".encode()).hexdigest()


def duration_text(seconds: int) -> str:
    """`40 seconds`, `5 minutes` or `3 hours`, rounded up."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds > size:
            return f"{math.ceil(seconds / size)} {unit}s"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
