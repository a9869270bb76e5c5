"""The job queue: submit, cancel, pause, resume."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from graphkeep.jobs.models import Job

ACTIVE = (Job.State.QUEUED, Job.State.RUNNING)


def submit(kind: str, arguments: dict[str, Any], *, dedupe_key: str = "") -> Job:
    """Queue a job. Idempotent by `dedupe_key`: while a job of that key is active, it is returned instead."""
    if not dedupe_key:
        return Job.objects.create(kind=kind, arguments=arguments)
    try:
        with transaction.atomic():
            return Job.objects.create(kind=kind, arguments=arguments, dedupe_key=dedupe_key)
    except IntegrityError:
        job = active_job(dedupe_key)
        return job or submit(kind, arguments, dedupe_key=dedupe_key)


def active_job(dedupe_key: str) -> Job | None:
    """The queued or running job of a key."""
    return Job.objects.filter(dedupe_key=dedupe_key, state__in=ACTIVE).first()


def latest_job(dedupe_key: str) -> Job | None:
    """The job of a key that was queued last, in any state."""
    return Job.objects.filter(dedupe_key=dedupe_key).order_by("-created_at").first()


def paused_job(dedupe_key: str) -> Job | None:
    """The job of a key that was paused last."""
    jobs = Job.objects.filter(dedupe_key=dedupe_key, state=Job.State.PAUSED)
    return jobs.order_by("-queued_at").first()


def cancel(job: Job) -> None:
    """Cancel a job: a queued or paused one at once, a running one at its next heartbeat."""
    # The request first: a job that yields just now must see it.
    Job.objects.filter(pk=job.pk, state__in=(*ACTIVE, Job.State.PAUSED)).update(
        cancel_requested=True
    )
    Job.objects.filter(pk=job.pk, state__in=(Job.State.QUEUED, Job.State.PAUSED)).update(
        state=Job.State.CANCELLED, finished_at=timezone.now()
    )


def pause(job: Job) -> None:
    """Pause a preemptible job until `resume`: a queued one at once, a running one at its next heartbeat."""
    Job.objects.filter(pk=job.pk, state__in=ACTIVE).update(pause_requested=True)
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.PAUSED)


def resume(job: Job) -> None:
    """Queue a paused job behind all others; cancel it if another job of its key is active."""
    try:
        with transaction.atomic():
            Job.objects.filter(pk=job.pk, state=Job.State.PAUSED).update(
                state=Job.State.QUEUED, pause_requested=False, queued_at=timezone.now()
            )
    except IntegrityError:
        cancel(job)
