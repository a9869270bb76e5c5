"""The worker: takes jobs one after another, in turn, and those that a dead worker left behind."""

import logging
import time
from datetime import timedelta
from threading import Event
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from graphkeep.graph.errors import GraphkeepError
from graphkeep.jobs.models import Job
from graphkeep.jobs.registry import KINDS, CancelledError, JobContext, LeftOffError
from graphkeep.jobs.scheduling import in_turn
from graphkeep.telemetry import metrics
from graphkeep.telemetry.context import working_on
from graphkeep.telemetry.tracing import span

logger = logging.getLogger(__name__)
IDLE_S = 0.1
STALE = timedelta(seconds=30)  # a living worker beats several times a second
LOOK_S = 5.0
ATTEMPTS = 2


def run_worker(stop: Event, *, is_alone: bool = False) -> None:
    """Work until `stop` is set; a database that is full or gone is waited for.

    Who is alone takes up at once what was left behind: nobody else can be at it.
    """
    if is_alone:
        revive(older_than=timedelta())
    next_look = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() >= next_look:
                revive()
                next_look = time.monotonic() + LOOK_S
            if not run_next():
                stop.wait(IDLE_S)
        except DatabaseError:
            logger.exception("the database cannot be used")
            close_old_connections()
            stop.wait(LOOK_S)


def run_pending() -> None:
    while run_next():
        pass


def run_next() -> bool:
    job = claim()
    if job is None:
        return False
    run(job)
    return True


def claim() -> Job | None:
    if not Job.objects.filter(state=Job.State.QUEUED).exists():
        return None
    with transaction.atomic():
        queued = in_turn(Job.objects.filter(state=Job.State.QUEUED))
        if connection.features.has_select_for_update_skip_locked:
            queued = queued.select_for_update(skip_locked=True)
        job = queued.first()
        if job is None:
            return None
        job.state = Job.State.RUNNING
        job.beat_at = timezone.now()
        job.attempts += 1
        job.save(update_fields=["state", "beat_at", "attempts"])
    return job


def run(job: Job) -> None:
    began = time.monotonic()
    with working_on(f"job-{job.pk}"), span(f"job {job.kind}", job__kind=job.kind) as told:
        state = finish(job)
        told.say(job__outcome=str(state))
    metrics.took("job_seconds", time.monotonic() - began, kind=job.kind)
    if state not in {Job.State.QUEUED, Job.State.PAUSED}:
        metrics.add("jobs_finished_total", kind=job.kind, outcome=str(state))


def finish(job: Job) -> Job.State:
    """Do the work and write down how it ended."""
    outcome: dict[str, Any]
    try:
        result = KINDS[job.kind](JobContext(job), **job.arguments)
        outcome = {"state": Job.State.DONE, "result": result or {}, "progress": 1.0}
    except LeftOffError as left:
        return leave_off(job, left.arguments)
    except CancelledError:
        outcome = {"state": Job.State.CANCELLED}
    except GraphkeepError as error:
        outcome = {"state": Job.State.FAILED, "message": error.message[:500]}
    except Exception:
        # The worker outlives any single job; the log has the trace and its reader the job's id.
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        text = f"An internal error stopped this work; the server's log has it as job {job.pk}."
        outcome = {"state": Job.State.FAILED, "message": text}
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now(), **outcome)
    return Job.State(outcome["state"])


def leave_off(job: Job, arguments: dict[str, Any]) -> Job.State:
    """Behind all that waits, or until it is resumed, unless somebody called it off meanwhile."""
    at_work = Job.objects.filter(pk=job.pk)
    now = timezone.now()
    # It stopped of its own accord: what a later worker dies of is not this time's fault.
    left = {"arguments": arguments, "queued_at": now, "attempts": 0}
    wanted = at_work.filter(cancel_requested=False)
    if wanted.filter(pause_requested=True).update(state=Job.State.PAUSED, **left):
        return Job.State.PAUSED
    if wanted.update(state=Job.State.QUEUED, **left):
        return Job.State.QUEUED
    at_work.update(state=Job.State.CANCELLED, finished_at=now)
    return Job.State.CANCELLED


def revive(*, older_than: timedelta = STALE) -> None:
    """Queue again what no living worker beats for; give up on what has died twice."""
    dead = Job.objects.filter(state=Job.State.RUNNING, beat_at__lte=timezone.now() - older_than)
    dead.filter(attempts__gte=ATTEMPTS).update(
        state=Job.State.FAILED,
        message="This work stopped the server's worker twice; it is not tried again.",
        finished_at=timezone.now(),
    )
    dead.update(state=Job.State.QUEUED)
