"""Usage: bytes sent to each person by day, and the download quota.

Counts are buffered in memory and flushed to the database every FLUSH_S; a process that is killed loses what is
in its buffer. They serve monitoring and the quota, not billing.
"""

import logging
import threading
import time
from collections import defaultdict
from datetime import date, timedelta
from math import ceil

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import F, Sum
from django.utils import timezone

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import Usage
from graphkeep.accounts.rate_limit import RateLimitedError

logger = logging.getLogger(__name__)
FLUSH_S = 2.0
RETENTION = timedelta(days=92)


class DownloadQuotaError(RateLimitedError):
    """429: the person's download quota of today is used up."""


class _UsageBuffer:
    lock = threading.Lock()
    pending: dict[tuple[int, str], int] = defaultdict(int)
    thread: threading.Thread | None = None
    stored: dict[int, tuple[float, int]] = {}


def count_sent(user_pk: int, size: int) -> None:
    """Count the bytes of an answer to this person."""
    add_to_buffer(user_pk, "sent", size)


def count_sent_out(user_pk: int, size: int) -> None:
    """Count bytes sent to another machine on this person's behalf."""
    add_to_buffer(user_pk, "out", size)


def add_to_buffer(user_pk: int, kind: str, size: int) -> None:
    with _UsageBuffer.lock:
        _UsageBuffer.pending[user_pk, kind] += size
        if _UsageBuffer.thread is None or not _UsageBuffer.thread.is_alive():
            _UsageBuffer.thread = threading.Thread(target=flush_loop, daemon=True)
            _UsageBuffer.thread.start()


def flush_loop() -> None:
    """Flush every FLUSH_S until the buffer is empty."""
    while True:
        time.sleep(FLUSH_S)
        close_old_connections()
        try:
            flush()
        except DatabaseError as error:
            logger.warning("usage is not flushed yet: %s", error)
        finally:
            close_old_connections()
        with _UsageBuffer.lock:
            if not _UsageBuffer.pending:
                _UsageBuffer.thread = None
                return


def flush() -> None:
    """Add the buffer to the database; what cannot be stored stays in the buffer."""
    with _UsageBuffer.lock:
        counts = dict(_UsageBuffer.pending)
        _UsageBuffer.pending.clear()
    try:
        with transaction.atomic():
            for (user_pk, kind), size in sorted(counts.items()):
                row, _ = Usage.objects.get_or_create(user_id=user_pk, day=today())
                field = "sent_bytes" if kind == "sent" else "out_bytes"
                Usage.objects.filter(pk=row.pk).update(**{field: F(field) + size})
            Usage.objects.filter(day__lt=today() - RETENTION).delete()
    except DatabaseError:
        with _UsageBuffer.lock:
            for key, size in counts.items():
                _UsageBuffer.pending[key] += size
        raise
    with _UsageBuffer.lock:
        _UsageBuffer.stored.clear()


def seconds_until_midnight() -> int:
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return max(1, ceil((midnight - now).total_seconds()))


def today() -> date:
    return timezone.now().date()


def downloaded_today(user_pk: int) -> int:
    """Bytes of today: from the database, at most FLUSH_S old, plus the buffer."""
    now = time.monotonic()
    cached = _UsageBuffer.stored.get(user_pk)
    if cached is None or now - cached[0] > FLUSH_S:
        row = Usage.objects.filter(user_id=user_pk, day=today()).first()
        cached = (now, row.sent_bytes if row else 0)
        with _UsageBuffer.lock:
            _UsageBuffer.stored[user_pk] = cached
    return cached[1] + _UsageBuffer.pending.get((user_pk, "sent"), 0)


def check_download_quota(actor: Actor) -> None:
    """Raise if the actor's download quota of today is used up.

    Raises:
        DownloadQuotaError: the quota of the day is used up.
    """
    quota: int = settings.DOWNLOAD_PER_USER_DAY
    if not quota or actor.user is None:
        return
    if downloaded_today(actor.user.pk) >= quota:
        raise DownloadQuotaError(
            f"You have used your download quota of {format_bytes(quota)} for today. It is renewed at midnight "
            "(UTC); an administrator can raise GRAPHKEEP_DOWNLOAD_PER_USER_DAY.",
            retry_after_s=seconds_until_midnight(),
        )


def usage_summary(user_pk: int) -> dict[str, int]:
    """Bytes downloaded today and in the last thirty days, and sent out for this person in that time."""
    recent_usage = Usage.objects.filter(user_id=user_pk, day__gt=today() - timedelta(days=30))
    totals = recent_usage.aggregate(sent=Sum("sent_bytes"), out=Sum("out_bytes"))
    buffered = {kind: _UsageBuffer.pending.get((user_pk, kind), 0) for kind in ("sent", "out")}
    return {
        "today": downloaded_today(user_pk),
        "month": (totals["sent"] or 0) + buffered["sent"],
        "out": (totals["out"] or 0) + buffered["out"],
    }


def format_bytes(size: float) -> str:
    """`1.5 MiB`."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
