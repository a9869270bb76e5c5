"""A run of the layout: what it leaves behind, and when it lets others go first."""

import numpy as np
import pytest

from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout import run_job
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.layout.run_commands import (
    pause_layout_run,
    resume_layout_run,
    start_layout_run,
    stop_layout_run,
)
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.queries.view_state import view_state
from graphkeep.graph.errors import NotAllowedError, UserInputError
from graphkeep.jobs import registry, scheduling
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import submit
from graphkeep.jobs.registry import KINDS, JobContext
from graphkeep.jobs.worker import run_next, run_pending
from tests.datasets.graphs import drawn, edges, places  # noqa: F401
from tests.people import make, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places")]


@pytest.fixture
def graph(alice):
    return drawn(alice, edges("ab", "bc", "ca", "cd"))


def test_a_first_picture_does_not_wait_for_the_end_of_a_run(graph, alice, monkeypatch) -> None:
    monkeypatch.setattr(registry, "HEARTBEAT_S", 0.0)
    monkeypatch.setattr(scheduling, "MIN_WAIT", scheduling.MIN_WAIT * 0)
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
    start_layout_run(graph, 60_000, {"gravity": 2}, actor=alice)
    run = Job.objects.get(kind="play")
    run_next()
    run.refresh_from_db()

    assert run.state == "queued"
    assert {"ms": 60_000, "options": {"gravity": 2}}.items() <= run.arguments.items()
    assert 0 < run.arguments["spent_ms"] < 60_000
    run.arguments["ms"] = run.arguments["spent_ms"] + 100  # the rest is short
    run.save(update_fields=["arguments"])
    run_pending()
    run.refresh_from_db()
    assert seen == ["queued"]
    assert (run.state, run.progress) == ("done", 1.0)


@pytest.fixture
def starts(monkeypatch):
    """From where each part of a run starts, and for how many seconds."""
    seen = []
    layout = run_job.run_force_layout

    def run(*graph: object, positions: np.ndarray, budget_s: float, **more: object) -> np.ndarray:
        seen.append((positions, budget_s))
        return layout(*graph, positions=positions, budget_s=budget_s, **more)

    monkeypatch.setattr(run_job, "run_force_layout", run)
    return seen


def during(monkeypatch, deed) -> None:
    """Do something as soon as a run is under way."""
    play = KINDS["play"]

    def play_meanwhile(context: JobContext, **said: object) -> None:
        deed()
        play(context, **said)

    monkeypatch.setattr(registry, "HEARTBEAT_S", 0.0)
    monkeypatch.setitem(KINDS, "play", play_meanwhile)


def state(graph: Dataset, alice) -> tuple[str, float]:
    told = view_state(Dataset.objects.get(pk=graph.pk), alice)["layout"]
    return told["state"], told["progress"]


def positions(graph: Dataset) -> np.ndarray:
    return current_positions(Dataset.objects.get(pk=graph.pk))


def test_a_paused_run_leaves_a_whole_layout_and_goes_on_from_it(
    graph, alice, starts, monkeypatch
) -> None:
    with monkeypatch.context() as patch:
        during(patch, lambda: pause_layout_run(graph, actor=alice))
        start_layout_run(graph, 60_000, {}, actor=alice)
        run_pending()
    left = positions(graph)
    said, progress = state(graph, alice)
    spent_s = Job.objects.get(kind="play").arguments["spent_ms"] / 1000
    assert (said, left.shape, bool(np.isfinite(left).all())) == ("paused", (4, 2), True)
    assert progress < 0.5
    during(monkeypatch, lambda: stop_layout_run(graph, actor=alice))
    resume_layout_run(graph, actor=alice)
    run_pending()

    begin, budget_s = starts[1]
    assert np.array_equal(begin, left)
    assert budget_s == pytest.approx(60 - spent_s, abs=1)
    assert state(graph, alice) == ("done", 1.0)


def test_a_stopped_run_leaves_what_it_came_to_and_nothing_to_resume(
    graph, alice, monkeypatch
) -> None:
    during(monkeypatch, lambda: stop_layout_run(graph, actor=alice))
    start_layout_run(graph, 60_000, {}, actor=alice)
    run_pending()

    assert state(graph, alice)[0] == "done"
    assert np.isfinite(positions(graph)).all()
    with pytest.raises(UserInputError, match="No run of this layout is paused"):
        resume_layout_run(graph, actor=alice)


def test_a_new_run_takes_the_place_of_a_paused_one(graph, alice) -> None:
    start_layout_run(graph, 60_000, {}, actor=alice)
    pause_layout_run(graph, actor=alice)
    start_layout_run(graph, 100, {}, actor=alice)
    run_pending()

    assert sorted(Job.objects.filter(kind="play").values_list("state", flat=True)) == [
        "cancelled",
        "done",
    ]


def test_no_run_is_longer_than_the_setting(graph, alice, settings) -> None:
    settings.GRAPH_PLAY_TIMEOUTMS = 250
    start_layout_run(graph, 60_000, {}, actor=alice)

    assert Job.objects.get(kind="play").arguments["ms"] == 250


def test_a_first_layout_that_is_paused_is_whole_and_done(alice, monkeypatch) -> None:
    from graphkeep.datasets.operations import prepare

    layout = prepare.run_initial_layout

    def lay_out(context: JobContext, files: DatasetFiles, *more: object, **said: object) -> None:
        pause_layout_run(Dataset.objects.get(dataset_id=files.dataset_id), actor=alice)
        layout(context, files, *more, **said)

    monkeypatch.setattr(registry, "HEARTBEAT_S", 0.0)
    monkeypatch.setattr(prepare, "run_initial_layout", lay_out)
    pairs = [chr(97 + a) + chr(97 + b) for a in range(20) for b in range(a)]
    graph = drawn(alice, edges(*pairs))

    assert state(graph, alice) == ("done", 1.0)
    placed = positions(graph)
    assert np.isfinite(placed).all()
    assert len(np.unique(placed, axis=0)) == 20


def test_who_may_only_look_runs_and_ends_nothing(graph, alice) -> None:
    charlie = person(make("charlie"))
    graph.privacy = Dataset.Privacy.PUBLIC
    graph.save()
    start_layout_run(graph, 60_000, {}, actor=alice)
    pause_layout_run(graph, actor=alice)

    for deed in (
        lambda: start_layout_run(graph, 1, {}, actor=charlie),
        lambda: pause_layout_run(graph, actor=charlie),
        lambda: resume_layout_run(graph, actor=charlie),
        lambda: stop_layout_run(graph, actor=charlie),
    ):
        with pytest.raises(NotAllowedError, match="may not edit"):
            deed()
    assert state(graph, alice)[0] == "paused"
