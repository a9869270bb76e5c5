"""How many bytes went to each person, by day: counted in memory and written down now and then.

A process that is killed loses the seconds since its last writing; the count is for watching and for a limit, not
for a bill.
"""

import logging
import threading
import time
from collections import defaultdict
from datetime import date, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import F, Sum
from django.utils import timezone

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import Usage
from graphkeep.graph.errors import GraphkeepError

logger = logging.getLogger(__name__)
FLUSH_S = 2.0
RETENTION = timedelta(days=92)


class DownloadQuotaError(GraphkeepError):
    """Somebody took as much out of the server today as they may."""


class _UsageBuffer:
    lock = threading.Lock()
    pending: dict[tuple[int, str], int] = defaultdict(int)
    thread: threading.Thread | None = None
    known: dict[int, tuple[float, int]] = {}


def count_sent(user_pk: int, size: int) -> None:
    """Bytes of an answer to this person."""
    add_to_buffer(user_pk, "sent", size)


def count_sent_out(user_pk: int, size: int) -> None:
    """Bytes that the server sent to another machine on this person's behalf."""
    add_to_buffer(user_pk, "out", size)


def add_to_buffer(user_pk: int, kind: str, size: int) -> None:
    with _UsageBuffer.lock:
        _UsageBuffer.pending[user_pk, kind] += size
        if _UsageBuffer.thread is None or not _UsageBuffer.thread.is_alive():
            _UsageBuffer.thread = threading.Thread(target=flush_loop, daemon=True)
            _UsageBuffer.thread.start()


def flush_loop() -> None:
    """Until there is nothing to write."""
    while True:
        time.sleep(FLUSH_S)
        close_old_connections()
        try:
            flush()
        except DatabaseError as error:
            logger.warning("what people took is not written down yet: %s", error)
        finally:
            close_old_connections()
        with _UsageBuffer.lock:
            if not _UsageBuffer.pending:
                _UsageBuffer.thread = None
                return


def flush() -> None:
    """Write down what was counted; what cannot be written stays counted."""
    with _UsageBuffer.lock:
        taken = dict(_UsageBuffer.pending)
        _UsageBuffer.pending.clear()
    try:
        with transaction.atomic():
            for (user_pk, kind), size in sorted(taken.items()):
                row, _ = Usage.objects.get_or_create(user_id=user_pk, day=today())
                field = "sent_bytes" if kind == "sent" else "out_bytes"
                Usage.objects.filter(pk=row.pk).update(**{field: F(field) + size})
            Usage.objects.filter(day__lt=today() - RETENTION).delete()
    except DatabaseError:
        with _UsageBuffer.lock:
            for key, size in taken.items():
                _UsageBuffer.pending[key] += size
        raise
    with _UsageBuffer.lock:
        _UsageBuffer.known.clear()


def today() -> date:
    return timezone.now().date()


def downloaded_today(user_pk: int) -> int:
    """Asked of the database every few seconds at most; what is counted here since is added."""
    now = time.monotonic()
    known = _UsageBuffer.known.get(user_pk)
    if known is None or now - known[0] > FLUSH_S:
        row = Usage.objects.filter(user_id=user_pk, day=today()).first()
        known = (now, row.sent_bytes if row else 0)
        with _UsageBuffer.lock:
            _UsageBuffer.known[user_pk] = known
    return known[1] + _UsageBuffer.pending.get((user_pk, "sent"), 0)


def check_download_quota(actor: Actor) -> None:
    """Whether this actor may take more out of the server today.

    Raises:
        DownloadQuotaError: the quota of the day is used up.
    """
    most: int = settings.DOWNLOAD_PER_USER_DAY
    if not most or actor.user is None:
        return
    if downloaded_today(actor.user.pk) >= most:
        raise DownloadQuotaError(
            f"You took {format_bytes(most)} out of this server today, which is all that it gives to one person "
            "in a day. It begins anew at midnight (UTC); an administrator can raise "
            "GRAPHKEEP_DOWNLOAD_PER_USER_DAY."
        )


def usage_summary(user_pk: int) -> dict[str, int]:
    """What somebody took today and in the last thirty days."""
    since = Usage.objects.filter(user_id=user_pk, day__gt=today() - timedelta(days=30))
    found = since.aggregate(sent=Sum("sent_bytes"), out=Sum("out_bytes"))
    waiting = {kind: _UsageBuffer.pending.get((user_pk, kind), 0) for kind in ("sent", "out")}
    return {
        "today": downloaded_today(user_pk),
        "month": (found["sent"] or 0) + waiting["sent"],
        "out": (found["out"] or 0) + waiting["out"],
    }


def format_bytes(size: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
