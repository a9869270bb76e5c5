"""Which function does a job of which kind."""

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from graphkeep.jobs.models import Job
from graphkeep.jobs.scheduling import PATIENT, should_give_way

BEAT_S = 0.25
Work = Callable[..., dict[str, Any] | None]


class CancelledError(Exception):
    """The work was asked to stop."""


class LeftOffError(Exception):
    """The work stops here, whole as far as it came, and goes on later with other arguments."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__("left off")
        self.arguments = arguments


class JobContext:
    """What a running job may say and ask; both meet the database a few times a second at most."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.leaves_off = False
        self._began = time.monotonic()
        self._next_beat = 0.0
        self._is_cancelled = False
        self._told: dict[str, Any] = {}

    def progress(self, fraction: float, message: str = "") -> None:
        """Tell how far the work is (0 to 1) and what it does.

        Raises:
            CancelledError: somebody asked for the job's end.
        """
        if self.cancelled(progress=fraction, message=message):
            raise CancelledError

    def cancelled(self, *, progress: float | None = None, message: str = "") -> bool:
        """Whether to stop here; patient work that `leaves_off` then raises LeftOffError."""
        now = time.monotonic()
        if progress is not None:
            self._told = {"progress": progress, "message": message}
        if now >= self._next_beat:
            self._next_beat = now + BEAT_S
            Job.objects.filter(pk=self.job.pk).update(beat_at=timezone.now(), **self._told)
            self._told = {}
            asked = Job.objects.filter(pk=self.job.pk).values_list(
                "cancel_requested", "pause_requested"
            )
            is_cancelled, is_paused = asked.first() or (True, False)
            self._is_cancelled = is_cancelled
            self.leaves_off = not is_cancelled and (
                (is_paused and self.job.kind in PATIENT)
                or should_give_way(self.job, ran_s=now - self._began)
            )
        return self._is_cancelled or self.leaves_off


KINDS: dict[str, Work] = {}


def task(kind: str, *, is_patient: bool = False) -> Callable[[Work], Work]:
    """Register `work(context, **arguments) -> result` under a name; patient work lets others go first."""

    def register(work: Work) -> Work:
        KINDS[kind] = work
        if is_patient:
            PATIENT.add(kind)
        return work

    return register
