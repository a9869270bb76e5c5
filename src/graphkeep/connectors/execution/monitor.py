"""The monitor: one thread of a process that watches its queries while there are any.

It writes their heartbeats, ends them on request of any process, at their time limit and when a right is lost, and
gives up those whose driver does not come back.
"""

import logging
import threading
import time
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from graphkeep.accounts.rights_version import read_version
from graphkeep.connectors.execution.active_run import CANCELLED, SERVER_STOPS, ActiveRun
from graphkeep.connectors.models import QueryRun

logger = logging.getLogger(__name__)
PERIOD_S = 0.1
HEARTBEAT_S = 0.5
GIVE_UP_S = 1.5  # after the source was told to cancel
CANCEL_S = 1.0  # for the sources to hear of it when the process stops
STALE_AFTER = timedelta(seconds=15)
RESUMABLE_FOR = timedelta(minutes=15)  # as long as a bridge stores an answer


class Monitor:
    """The queries of this process by the primary key of their record."""

    def __init__(self) -> None:
        self._runs: dict[int, ActiveRun] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._runs)

    def __contains__(self, pk: int) -> bool:
        return pk in self._runs

    def add(self, active: ActiveRun) -> None:
        with self._lock:
            self._runs[active.run.pk] = active
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True, name="queries")
                self._thread.start()

    def remove(self, active: ActiveRun) -> None:
        with self._lock:
            self._runs.pop(active.run.pk, None)

    def end_all(self) -> None:
        """End every query of this process, which stops: those of bridges go on in the next, others are interrupted."""
        self.hand_over()
        with self._lock:
            runs = [active for active in self._runs.values() if not active.is_over]
        for active in runs:
            active.end(SERVER_STOPS)
            active.cancel_at_source()
            finish(active)
        deadline = time.monotonic() + CANCEL_S
        for active in runs:
            active.wait_for_cancel(max(0.0, deadline - time.monotonic()))

    def hand_over(self) -> None:
        """Leave the queries of bridges to the next process."""
        with self._lock:
            runs = list(self._runs.values())
        for active in runs:
            if active.ending is None and resumable_runs().filter(pk=active.run.pk).exists():
                active.hand_over()

    def wait_until_idle(self, timeout_s: float, stopping: threading.Event) -> None:
        """Wait until no query runs in this process, at most `timeout_s` seconds and until `stopping` is set."""
        deadline = time.monotonic() + timeout_s
        while len(self) and time.monotonic() < deadline and not stopping.wait(PERIOD_S):
            pass

    def _watch(self) -> None:
        try:
            while True:
                with self._lock:
                    runs = list(self._runs.values())
                    if not runs:
                        self._thread = None
                        return
                try:
                    self._check(runs)
                except DatabaseError:
                    logger.exception("running queries cannot be checked")
                time.sleep(PERIOD_S)
        finally:
            connection.close()

    def _check(self, runs: list[ActiveRun]) -> None:
        version = read_version()
        cancelled = set(
            QueryRun.objects.filter(
                pk__in=[active.run.pk for active in runs], cancel_requested=True
            ).values_list("pk", flat=True)
        )
        now = time.monotonic()
        for active in runs:
            if active.run.pk in cancelled:
                active.end(CANCELLED)
            active.check_rights(version)
            active.check_deadline()
            if now - active.heartbeat_at >= HEARTBEAT_S:
                active.write_heartbeat()
            if active.ending is not None:
                active.cancel_at_source()
                if now - active.ending_at > GIVE_UP_S:
                    # Its thread stays behind with the driver; nothing that it still does is recorded.
                    finish(active)
                    self.remove(active)


monitor = Monitor()


def finish(active: ActiveRun, *, has_result: bool = False, **fields: object) -> bool:
    """Record how a query ended; whether it had not ended before."""
    ending = active.ending
    if ending is not None:
        fields |= {
            "state": ending.state,
            "stage": ending.stage,
            "message": " ".join(filter(None, (ending.message, ending.advice)))[:500],
        }
    ended = active.records.update(
        row_count=active.row_count,
        bytes_count=active.bytes_count,
        has_result=has_result,
        finished_at=timezone.now(),
        **fields,
    )
    active.is_over = True
    return bool(ended)


def stale_runs(older_than: timedelta) -> QuerySet[QueryRun]:
    """Active queries whose process has written no heartbeat for so long."""
    return QueryRun.objects.filter(
        state__in=QueryRun.ACTIVE, heartbeat_at__lte=timezone.now() - older_than
    )


def resumable_runs() -> QuerySet[QueryRun]:
    """Active queries over bridges, which may still have their answers. Those of a console ended with its process."""
    return QueryRun.objects.filter(
        state__in=QueryRun.ACTIVE,
        created_at__gt=timezone.now() - RESUMABLE_FOR,
        user__isnull=False,
        connector__slot__gt="",
    )


def end_stale_runs(*, older_than: timedelta = STALE_AFTER) -> int:
    """Record queries without a heartbeat as interrupted: their process died. Their number.

    Those that can be resumed stay as they are: see `resume_queries`.
    """
    return (
        stale_runs(older_than)
        .exclude(pk__in=resumable_runs().values("pk"))
        .update(
            state=QueryRun.State.INTERRUPTED,
            message=SERVER_STOPS.message,
            finished_at=timezone.now(),
            has_result=False,
        )
    )
