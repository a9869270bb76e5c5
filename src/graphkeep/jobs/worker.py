"""The worker: claims queued jobs by priority, executes them, and requeues the jobs of dead workers."""

import logging
import time
from datetime import timedelta
from threading import Event
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from graphkeep.graph.errors import GraphkeepError
from graphkeep.jobs.models import Job
from graphkeep.jobs.registry import KINDS, CancelledError, JobContext, YieldedError
from graphkeep.jobs.scheduling import by_priority
from graphkeep.telemetry import metrics
from graphkeep.telemetry.context import work_context
from graphkeep.telemetry.tracing import span

logger = logging.getLogger(__name__)
IDLE_S = 0.1
STALE_AFTER = timedelta(seconds=30)  # a running job sends several heartbeats a second
RECHECK_S = 5.0
MAX_ATTEMPTS = 2


def run_worker(stop: Event, *, is_alone: bool = False) -> None:
    """Work until `stop` is set; retry while the database is full or unreachable.

    `is_alone`: no other worker exists, so running jobs are stale whatever their heartbeat.
    """
    if is_alone:
        requeue_stale(older_than=timedelta())
    next_check = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() >= next_check:
                requeue_stale()
                next_check = time.monotonic() + RECHECK_S
            if not run_next():
                stop.wait(IDLE_S)
        except DatabaseError:
            logger.exception("the database cannot be used")
            close_old_connections()
            stop.wait(RECHECK_S)


def run_pending() -> None:
    """Run jobs until the queue is empty."""
    while run_next():
        pass


def run_next() -> bool:
    """Claim and run one job; whether there was one."""
    job = claim()
    if job is None:
        return False
    run(job)
    return True


def claim() -> Job | None:
    """Mark the first queued job as running, in one transaction; none if the queue is empty."""
    if not Job.objects.filter(state=Job.State.QUEUED).exists():
        return None
    with transaction.atomic():
        queued_jobs = by_priority(Job.objects.filter(state=Job.State.QUEUED))
        if connection.features.has_select_for_update_skip_locked:
            queued_jobs = queued_jobs.select_for_update(skip_locked=True)
        job = queued_jobs.first()
        if job is None:
            return None
        job.state = Job.State.RUNNING
        job.heartbeat_at = timezone.now()
        job.attempts += 1
        job.save(update_fields=["state", "heartbeat_at", "attempts"])
    return job


def run(job: Job) -> None:
    """Execute a claimed job within a trace span, and record its duration and outcome as metrics."""
    started_at = time.monotonic()
    with work_context(f"job-{job.pk}"), span(f"job {job.kind}", job__kind=job.kind) as job_span:
        state = execute(job)
        job_span.set_attributes(job__outcome=str(state))
    metrics.observe("job_seconds", time.monotonic() - started_at, kind=job.kind)
    if state not in {Job.State.QUEUED, Job.State.PAUSED}:
        metrics.inc("jobs_finished_total", kind=job.kind, outcome=str(state))


def execute(job: Job) -> Job.State:
    """Call the job's function and store its outcome; the state that the job is in now."""
    fields: dict[str, Any]
    try:
        result = KINDS[job.kind](JobContext(job), **job.arguments)
        fields = {"state": Job.State.DONE, "result": result or {}, "progress": 1.0}
    except YieldedError as yielded:
        return yield_job(job, yielded.arguments)
    except CancelledError:
        fields = {"state": Job.State.CANCELLED}
    except GraphkeepError as error:
        fields = {"state": Job.State.FAILED, "message": error.message[:500]}
    except Exception:
        # The worker outlives any single job; the log has the traceback under the job's id.
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        text = f"An internal error stopped this job; see job {job.pk} in the server's log."
        fields = {"state": Job.State.FAILED, "message": text}
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now(), **fields)
    return Job.State(fields["state"])


def yield_job(job: Job, arguments: dict[str, Any]) -> Job.State:
    """Queue a yielded job behind all others, or pause or cancel it if that was requested."""
    row = Job.objects.filter(pk=job.pk)
    now = timezone.now()
    # It stopped by itself, so this run does not count as a failed attempt.
    fields = {"arguments": arguments, "queued_at": now, "attempts": 0}
    not_cancelled = row.filter(cancel_requested=False)
    if not_cancelled.filter(pause_requested=True).update(state=Job.State.PAUSED, **fields):
        return Job.State.PAUSED
    if not_cancelled.update(state=Job.State.QUEUED, **fields):
        return Job.State.QUEUED
    row.update(state=Job.State.CANCELLED, finished_at=now)
    return Job.State.CANCELLED


def requeue_stale(*, older_than: timedelta = STALE_AFTER) -> None:
    """Requeue running jobs without a recent heartbeat; fail those whose worker died twice."""
    stale_jobs = Job.objects.filter(
        state=Job.State.RUNNING, heartbeat_at__lte=timezone.now() - older_than
    )
    stale_jobs.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=Job.State.FAILED,
        message="This job ended the server's worker twice and is not retried.",
        finished_at=timezone.now(),
    )
    stale_jobs.update(state=Job.State.QUEUED)
