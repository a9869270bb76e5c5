"""The registry of job functions by kind, and the context that a running job gets."""

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from graphkeep.jobs import scheduling
from graphkeep.jobs.models import Job
from graphkeep.jobs.scheduling import PREEMPTIBLE

HEARTBEAT_S = 0.25
Work = Callable[..., dict[str, Any] | None]


class CancelledError(Exception):
    """The job was cancelled."""


class YieldedError(Exception):
    """A preemptible job stops here in a consistent state and continues later with these arguments."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__("yielded")
        self.arguments = arguments


class JobContext:
    """Progress and cancellation of a running job; heartbeats reach the database at most every HEARTBEAT_S."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.should_yield = False
        self._started = time.monotonic()
        self._next_heartbeat = 0.0
        self._is_cancelled = False
        self._pending: dict[str, Any] = {}

    def progress(self, fraction: float, message: str = "") -> None:
        """Report progress as a fraction (0 to 1) and a message.

        Raises:
            CancelledError: the job was cancelled, or should yield.
        """
        if self.should_stop(progress=fraction, message=message):
            raise CancelledError

    def restart(self) -> None:
        """Start over with new data, which was the purpose of the request to stop."""
        Job.objects.filter(pk=self.job.pk).update(cancel_requested=False)
        self._is_cancelled = False
        self._next_heartbeat = 0.0

    def should_stop(self, *, progress: float | None = None, message: str = "") -> bool:
        """Whether to stop here; a preemptible job whose `should_yield` is set then raises YieldedError."""
        now = time.monotonic()
        if progress is not None:
            self._pending = {"progress": progress, "message": message}
        if now >= self._next_heartbeat:
            self._next_heartbeat = now + HEARTBEAT_S
            Job.objects.filter(pk=self.job.pk).update(heartbeat_at=timezone.now(), **self._pending)
            self._pending = {}
            requested = Job.objects.filter(pk=self.job.pk).values_list(
                "cancel_requested", "pause_requested"
            )
            is_cancelled, is_paused = requested.first() or (True, False)
            self._is_cancelled = is_cancelled
            self.should_yield = not is_cancelled and (
                (is_paused and self.job.kind in PREEMPTIBLE)
                or scheduling.should_yield(self.job, ran_s=now - self._started)
            )
        return self._is_cancelled or self.should_yield


KINDS: dict[str, Work] = {}


def task(kind: str, *, is_preemptible: bool = False) -> Callable[[Work], Work]:
    """Register `work(context, **arguments) -> result` as a job kind; preemptible jobs yield to all others."""

    def register(work: Work) -> Work:
        KINDS[kind] = work
        if is_preemptible:
            PREEMPTIBLE.add(kind)
        return work

    return register
