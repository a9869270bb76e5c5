"""A run of the layout: what it leaves behind, and when it lets others go first."""

import pytest

from graphkeep.datasets.operations.viewing import start_playing
from graphkeep.jobs import registry, turns
from graphkeep.jobs.models import Job
from graphkeep.jobs.pool import run_next, run_pending
from graphkeep.jobs.queue import submit
from graphkeep.jobs.registry import KINDS, JobContext
from tests.accounts.people import make, person
from tests.datasets.graphs import drawn, edges, places  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places")]


@pytest.fixture
def alice():
    return person(make("alice"))


@pytest.fixture
def graph(alice):
    return drawn(alice, edges("ab", "bc", "ca", "cd"))


def test_a_first_picture_does_not_wait_for_the_end_of_a_run(graph, alice, monkeypatch) -> None:
    monkeypatch.setattr(registry, "BEAT_S", 0.0)
    monkeypatch.setattr(turns, "WAITS", turns.WAITS * 0)
    play = KINDS["play"]
    seen = []

    def prepare(context: JobContext, dataset_id: str) -> None:
        seen.append(Job.objects.get(kind="play").state)

    def play_while_another_comes(context: JobContext, **said: object) -> None:
        if not seen:
            submit("prepare", {"dataset_id": "another"})
        play(context, **said)

    monkeypatch.setitem(KINDS, "prepare", prepare)
    monkeypatch.setitem(KINDS, "play", play_while_another_comes)
    start_playing(graph, 400, {"gravity": 2}, actor=alice)
    run = Job.objects.get(kind="play")
    run_next()
    run.refresh_from_db()

    assert run.state == "queued"
    assert {"ms": 400, "options": {"gravity": 2}}.items() <= run.arguments.items()
    assert 0 < run.arguments["spent_ms"] < 400
    run_pending()
    run.refresh_from_db()
    assert seen == ["queued"]
    assert (run.state, run.progress) == ("done", 1.0)
