"""Asking for long work, and calling it off."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from graphkeep.jobs.models import Job

ACTIVE = (Job.State.QUEUED, Job.State.RUNNING)


def submit(kind: str, arguments: dict[str, Any], *, dedupe_key: str = "") -> Job:
    """Queue a job; while one of the same key is under way, that one is meant."""
    if not dedupe_key:
        return Job.objects.create(kind=kind, arguments=arguments)
    try:
        with transaction.atomic():
            return Job.objects.create(kind=kind, arguments=arguments, dedupe_key=dedupe_key)
    except IntegrityError:
        active = active_job(dedupe_key)
        return active or submit(kind, arguments, dedupe_key=dedupe_key)


def active_job(dedupe_key: str) -> Job | None:
    return Job.objects.filter(dedupe_key=dedupe_key, state__in=ACTIVE).first()


def latest_job(dedupe_key: str) -> Job | None:
    return Job.objects.filter(dedupe_key=dedupe_key).order_by("-created_at").first()


def paused_job(dedupe_key: str) -> Job | None:
    found = Job.objects.filter(dedupe_key=dedupe_key, state=Job.State.PAUSED)
    return found.order_by("-queued_at").first()


def cancel(job: Job) -> None:
    """A job that waits ends at once, a running one at its next beat."""
    # The request first: a job that is just being left off must find it.
    Job.objects.filter(pk=job.pk, state__in=(*ACTIVE, Job.State.PAUSED)).update(
        cancel_requested=True
    )
    Job.objects.filter(pk=job.pk, state__in=(Job.State.QUEUED, Job.State.PAUSED)).update(
        state=Job.State.CANCELLED, finished_at=timezone.now()
    )


def pause(job: Job) -> None:
    """Patient work stops at its next beat, at once where it waits, until it is resumed."""
    Job.objects.filter(pk=job.pk, state__in=ACTIVE).update(pause_requested=True)
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.PAUSED)


def resume(job: Job) -> None:
    """Behind all that waits; where another of its key is under way, that one is meant."""
    try:
        with transaction.atomic():
            Job.objects.filter(pk=job.pk, state=Job.State.PAUSED).update(
                state=Job.State.QUEUED, pause_requested=False, queued_at=timezone.now()
            )
    except IntegrityError:
        cancel(job)
