"""Preemptible jobs yield to all others and share the time in slices."""

import pytest

from graphkeep.jobs import registry, scheduling
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import cancel, submit
from graphkeep.jobs.registry import KINDS, JobContext, YieldedError, task
from graphkeep.jobs.worker import run_next, run_pending

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def log(monkeypatch):
    """What ran, in order; every check is a heartbeat, and a job counts as queued at once."""
    kinds, preemptible = dict(KINDS), set(scheduling.PREEMPTIBLE)
    monkeypatch.setattr(registry, "HEARTBEAT_S", 0.0)
    monkeypatch.setattr(scheduling, "MIN_WAIT", scheduling.MIN_WAIT * 0)
    done = []

    @task("short")
    def short(context: JobContext, name: str) -> None:
        done.append(name)

    @task("long", is_preemptible=True)
    def long(context: JobContext, name: str, steps: int, then: str = "") -> None:
        for step in range(steps):
            done.append(f"{name}{step}")
            if then:
                submit("short", {"name": then})
            if context.should_stop() and context.should_yield:
                raise YieldedError(name=name, steps=steps - step - 1)

    yield done
    KINDS.clear()
    KINDS.update(kinds)
    scheduling.PREEMPTIBLE.clear()
    scheduling.PREEMPTIBLE.update(preemptible)


def test_preemptible_jobs_are_claimed_last(log) -> None:
    submit("long", {"name": "a", "steps": 1})
    submit("short", {"name": "b"})
    run_pending()

    assert log == ["b", "a0"]


def test_a_preemptible_job_yields_to_a_new_job_and_continues_afterwards(log) -> None:
    job = submit("long", {"name": "a", "steps": 3, "then": "b"})
    run_pending()
    job.refresh_from_db()

    assert log == ["a0", "b", "a0", "a1"]
    assert (job.state, job.arguments) == ("done", {"name": "a", "steps": 2})


def test_preemptible_jobs_share_the_time_in_slices(log, monkeypatch) -> None:
    monkeypatch.setattr(scheduling, "SLICE_S", 0.0)
    for name in ("a", "b"):
        submit("long", {"name": name, "steps": 2})
    run_pending()

    assert log == ["a0", "b0", "a0", "b0"]


def test_a_preemptible_job_continues_within_its_slice(log) -> None:
    for name in ("a", "b"):
        submit("long", {"name": name, "steps": 2})
    run_pending()

    assert log == ["a0", "a1", "b0", "b1"]


def test_yielding_is_no_failed_attempt(log, monkeypatch) -> None:
    monkeypatch.setattr(scheduling, "SLICE_S", 0.0)
    first = submit("long", {"name": "a", "steps": 9})
    submit("long", {"name": "b", "steps": 9})
    for _ in range(6):
        run_next()
    first.refresh_from_db()

    assert (first.state, first.attempts) == ("queued", 0)


def test_a_job_that_is_cancelled_while_it_yields_is_not_requeued(log) -> None:
    @task("called off", is_preemptible=True)
    def called_off(context: JobContext) -> None:
        cancel(context.job)
        raise YieldedError

    job = submit("called off", {})
    run_pending()
    job.refresh_from_db()

    assert job.state == Job.State.CANCELLED
    assert job.finished_at is not None
