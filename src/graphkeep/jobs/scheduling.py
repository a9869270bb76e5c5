"""Whose turn it is: patient work lets everything else go first, and shares its own time in slices.

A person's first picture must not wait behind somebody's minute of play.
"""

from datetime import timedelta

from django.db.models import Case, QuerySet, When
from django.utils import timezone

from graphkeep.jobs.models import Job

SLICE_S = 3.0
WAITS = timedelta(seconds=0.3)  # what has just come may be taken by a worker that is free
PATIENT: set[str] = set()


def in_turn(jobs: QuerySet[Job]) -> QuerySet[Job]:
    is_patient = Case(When(kind__in=PATIENT, then=1), default=0)
    return jobs.order_by(is_patient, "queued_at")


def should_give_way(job: Job, *, ran_s: float) -> bool:
    """Whether other work waits: any that is not patient; after a slice, patient work too."""
    if job.kind not in PATIENT:
        return False
    waiting = Job.objects.filter(
        state=Job.State.QUEUED, queued_at__lt=timezone.now() - WAITS
    ).exclude(pk=job.pk)
    if ran_s < SLICE_S:
        waiting = waiting.exclude(kind__in=PATIENT)
    return waiting.exists()
