"""Patient work is paused and resumed, and can be called off in every state."""

import pytest

from graphkeep.jobs import registry, scheduling
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import active_job, cancel, pause, paused_job, resume, submit
from graphkeep.jobs.registry import KINDS, JobContext, YieldedError, task
from graphkeep.jobs.worker import run_next, run_pending

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def log(monkeypatch):
    """What was done, in its order; a step called `stop` asks for what the test wants."""
    kinds, preemptible = dict(KINDS), set(scheduling.PREEMPTIBLE)
    monkeypatch.setattr(registry, "HEARTBEAT_S", 0.0)
    done = []

    @task("long", is_preemptible=True)
    def long(context: JobContext, left: list[str]) -> None:
        while left:
            step, *left = left
            done.append(step)
            if step in DEEDS:
                DEEDS[step](Job.objects.get(pk=context.job.pk))
            if context.should_stop():
                if context.should_yield:
                    raise YieldedError(left=left)
                return

    @task("short")
    def short(context: JobContext) -> None:
        pause(context.job)
        context.progress(0.5)
        done.append("short")

    yield done
    KINDS.clear()
    KINDS.update(kinds)
    scheduling.PREEMPTIBLE.clear()
    scheduling.PREEMPTIBLE.update(preemptible)


def pause_and_cancel(job: Job) -> None:
    pause(job)
    cancel(job)


DEEDS = {"pause": pause, "cancel": cancel, "both": pause_and_cancel}


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_paused_job_continues_where_it_stopped(log) -> None:
    job = submit("long", {"left": ["a", "pause", "b"]}, dedupe_key="k")
    run_pending()
    assert log == ["a", "pause"]
    assert (again(job).state, again(job).finished_at, active_job("k")) == ("paused", None, None)
    assert paused_job("k") == job
    resume(job)
    run_pending()

    assert log == ["a", "pause", "b"]
    assert again(job).state == "done"
    assert paused_job("k") is None


def test_a_queued_job_is_paused_at_once(log) -> None:
    job = submit("long", {"left": ["a"]})
    pause(job)
    run_pending()

    assert (log, again(job).state) == ([], "paused")


@pytest.mark.parametrize("step", ["cancel", "both"])
def test_a_running_job_that_is_cancelled_is_not_resumed(log, step: str) -> None:
    job = submit("long", {"left": ["a", step, "b"]})
    run_pending()
    resume(job)
    run_pending()

    assert log == ["a", step]


def test_a_paused_job_is_cancelled(log) -> None:
    job = submit("long", {"left": ["pause", "b"]})
    run_pending()
    cancel(job)
    resume(job)
    run_pending()

    assert log == ["pause"]
    assert again(job).state == "cancelled"
    assert again(job).finished_at is not None


def test_a_job_is_cancelled_on_resume_while_another_of_its_key_is_active(log) -> None:
    first = submit("long", {"left": ["pause", "b"]}, dedupe_key="k")
    run_pending()
    other = submit("long", {"left": ["c"]}, dedupe_key="k")
    resume(first)
    run_pending()

    assert log == ["pause", "c"]
    assert (again(first).state, again(other).state) == ("cancelled", "done")


def test_a_job_that_is_not_preemptible_ignores_pause(log) -> None:
    job = submit("short", {})
    run_next()

    assert (log, again(job).state) == (["short"], "done")
