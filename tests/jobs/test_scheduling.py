"""Patient work lets everything else go first, and takes turns with its like."""

import pytest

from graphkeep.jobs import registry, scheduling
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import cancel, submit
from graphkeep.jobs.registry import KINDS, JobContext, YieldedError, task
from graphkeep.jobs.worker import run_next, run_pending

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """What was done, in its order; every question is a beat, and nothing is too young to wait."""
    kinds, patient = dict(KINDS), set(scheduling.PREEMPTIBLE)
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
    scheduling.PREEMPTIBLE.update(patient)


def test_what_is_not_patient_is_taken_first(told) -> None:
    submit("long", {"name": "a", "steps": 1})
    submit("short", {"name": "b"})
    run_pending()

    assert told == ["b", "a0"]


def test_patient_work_gives_way_to_what_comes_and_goes_on_afterwards(told) -> None:
    job = submit("long", {"name": "a", "steps": 3, "then": "b"})
    run_pending()
    job.refresh_from_db()

    assert told == ["a0", "b", "a0", "a1"]
    assert (job.state, job.arguments) == ("done", {"name": "a", "steps": 2})


def test_patient_works_share_the_time_in_slices(told, monkeypatch) -> None:
    monkeypatch.setattr(scheduling, "SLICE_S", 0.0)
    for name in ("a", "b"):
        submit("long", {"name": name, "steps": 2})
    run_pending()

    assert told == ["a0", "b0", "a0", "b0"]


def test_within_its_slice_patient_work_goes_on(told) -> None:
    for name in ("a", "b"):
        submit("long", {"name": name, "steps": 2})
    run_pending()

    assert told == ["a0", "a1", "b0", "b1"]


def test_giving_way_is_no_failed_attempt(told, monkeypatch) -> None:
    monkeypatch.setattr(scheduling, "SLICE_S", 0.0)
    first = submit("long", {"name": "a", "steps": 9})
    submit("long", {"name": "b", "steps": 9})
    for _ in range(6):
        run_next()
    first.refresh_from_db()

    assert (first.state, first.attempts) == ("queued", 0)


def test_what_was_called_off_while_it_gave_way_is_not_queued_again(told) -> None:
    @task("called off", is_preemptible=True)
    def called_off(context: JobContext) -> None:
        cancel(context.job)
        raise YieldedError

    job = submit("called off", {})
    run_pending()
    job.refresh_from_db()

    assert job.state == Job.State.CANCELLED
    assert job.finished_at is not None
