"""Job scheduling: preemptible jobs yield to all others and share their own time in slices.

The layout of a graph that a user waits for must not queue behind a minute-long layout run.
"""

from datetime import timedelta

from django.db.models import Case, QuerySet, When
from django.utils import timezone

from graphkeep.jobs.models import Job

SLICE_S = 3.0
MIN_WAIT = timedelta(seconds=0.3)  # a job queued just now may be claimed by an idle worker
PREEMPTIBLE: set[str] = set()


def by_priority(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Preemptible jobs last, then first in, first out."""
    is_preemptible = Case(When(kind__in=PREEMPTIBLE, then=1), default=0)
    return jobs.order_by(is_preemptible, "queued_at")


def should_yield(job: Job, *, ran_s: float) -> bool:
    """Whether a preemptible job should make way: for any other job, after a slice also for its own kind."""
    if job.kind not in PREEMPTIBLE:
        return False
    queued_jobs = Job.objects.filter(
        state=Job.State.QUEUED, queued_at__lt=timezone.now() - MIN_WAIT
    ).exclude(pk=job.pk)
    if ran_s < SLICE_S:
        queued_jobs = queued_jobs.exclude(kind__in=PREEMPTIBLE)
    return queued_jobs.exists()
