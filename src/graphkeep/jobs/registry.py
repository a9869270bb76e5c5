"""Which function does a job of which kind."""

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from graphkeep.jobs.models import Job

BEAT_S = 0.25
Work = Callable[..., dict[str, Any] | None]


class CancelledError(Exception):
    """The work was asked to stop."""


class JobContext:
    """What a running job may say and ask; both meet the database a few times a second at most."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._next_beat = 0.0
        self._is_cancelled = False

    def progress(self, fraction: float, message: str = "") -> None:
        """Tell how far the work is (0 to 1) and what it does.

        Raises:
            CancelledError: somebody asked for the job's end.
        """
        if self.cancelled(progress=fraction, message=message):
            raise CancelledError

    def cancelled(self, *, progress: float | None = None, message: str = "") -> bool:
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + BEAT_S
            told: dict[str, Any] = {"beat_at": timezone.now()}
            if progress is not None:
                told |= {"progress": progress, "message": message}
            Job.objects.filter(pk=self.job.pk).update(**told)
            asked = Job.objects.filter(pk=self.job.pk).values_list("cancel_requested", flat=True)
            self._is_cancelled = asked.first() is not False
        return self._is_cancelled


KINDS: dict[str, Work] = {}


def task(kind: str) -> Callable[[Work], Work]:
    """Register `work(context, **arguments) -> result` under a name."""

    def register(work: Work) -> Work:
        KINDS[kind] = work
        return work

    return register
