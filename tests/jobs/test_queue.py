"""Jobs run once, tell their progress, fail in words, stop when asked, and survive their worker."""

from datetime import timedelta

import pytest

from graphkeep.graph.errors import UserInputError
from graphkeep.jobs import registry
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import cancel, latest_job, submit
from graphkeep.jobs.registry import KINDS, JobContext, task
from graphkeep.jobs.worker import claim, requeue_stale, run_pending

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kinds():
    before = dict(KINDS)

    @task("add")
    def add(context: JobContext, a: int, b: int) -> dict:
        context.progress(0.5, "adding")
        return {"sum": a + b}

    @task("refuse")
    def refuse(context: JobContext) -> None:
        raise UserInputError("There is no column 'x'.")

    yield
    KINDS.clear()
    KINDS.update(before)


def test_a_job_runs_and_its_result_is_stored() -> None:
    job = submit("add", {"a": 1, "b": 2})
    run_pending()
    job.refresh_from_db()

    assert (job.state, job.result, job.progress) == ("done", {"sum": 3}, 1.0)


def test_the_same_key_is_queued_once_until_it_is_over() -> None:
    first = submit("add", {"a": 1, "b": 2}, dedupe_key="k")
    again = submit("add", {"a": 1, "b": 2}, dedupe_key="k")
    run_pending()
    after = submit("add", {"a": 1, "b": 2}, dedupe_key="k")

    assert first.pk == again.pk
    assert after.pk != first.pk
    assert latest_job("k") == after


def test_a_user_error_is_the_message_of_the_job() -> None:
    job = submit("refuse", {})
    run_pending()
    job.refresh_from_db()

    assert (job.state, job.message) == ("failed", "There is no column 'x'.")


def test_progress_between_two_heartbeats_is_stored_with_the_next(monkeypatch) -> None:
    monkeypatch.setattr(registry, "HEARTBEAT_S", 3600.0)
    seen = []

    @task("count")
    def count(context: JobContext) -> None:
        job = Job.objects.filter(pk=context.job.pk)
        for progress in (0.1, 0.2, 0.3):
            context.progress(progress, f"at {progress}")
        seen.append(job.values_list("progress", "message").get())
        context._next_heartbeat = 0.0
        context.should_stop()
        seen.append(job.values_list("progress", "message").get())

    submit("count", {})
    run_pending()

    assert seen == [(0.1, "at 0.1"), (0.3, "at 0.3")]


def test_a_cancelled_job_does_not_run() -> None:
    waiting = submit("add", {"a": 1, "b": 2})
    cancel(waiting)
    run_pending()
    waiting.refresh_from_db()
    running = submit("add", {"a": 1, "b": 2})
    Job.objects.filter(pk=running.pk).update(cancel_requested=True)
    run_pending()
    running.refresh_from_db()

    assert (waiting.state, waiting.result) == ("cancelled", {})
    assert (running.state, running.result) == ("cancelled", {})


def test_a_stale_job_is_requeued_once_and_then_failed() -> None:
    job = submit("add", {"a": 2, "b": 2})
    claim()
    requeue_stale(older_than=timedelta(0))
    run_pending()
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"sum": 4})

    killer = submit("add", {"a": 2, "b": 2})
    for _ in range(2):
        claim()
        requeue_stale(older_than=timedelta(0))
    killer.refresh_from_db()
    assert killer.state == "failed"
