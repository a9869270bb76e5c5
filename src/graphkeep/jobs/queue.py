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


def cancel(job: Job) -> None:
    """A queued job ends at once, a running one at its next beat."""
    # The request first: a job that is just being queued again must find it.
    Job.objects.filter(pk=job.pk, state__in=ACTIVE).update(cancel_requested=True)
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, finished_at=timezone.now()
    )
