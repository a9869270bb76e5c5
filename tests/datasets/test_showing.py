"""What is shown of a layout that is still under way."""

import numpy as np
import pytest

from graphkeep.datasets.layout.frames import FramePublisher, current_positions, frame_interval_s
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.storage import frames_path, graph_store
from graphkeep.jobs.models import Job
from graphkeep.jobs.registry import JobContext
from graphkeep.store.frames import FrameReader, FrameWriter
from graphkeep.store.graph_store import get_graph
from tests.accounts.people import make, person
from tests.datasets.graphs import drawn, edges, places, redrawn  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places")]


@pytest.fixture
def graph():
    return drawn(person(make("alice")), edges("ab", "bc", "ca", "cd"))


@pytest.fixture
def showing(graph):
    context = JobContext(Job.objects.create(kind="play"))
    with FramePublisher(
        context, graph.dataset_id, get_graph(graph_store(), graph.dataset_id), share=float
    ) as made:
        yield made


def test_a_picture_taken_meanwhile_shows_the_latest_frame(graph):
    Dataset.objects.filter(pk=graph.pk).update(has_final_layout=False)
    unfinished = Dataset.objects.get(pk=graph.pk)
    frames_path(graph.dataset_id).unlink()
    disc = current_positions(unfinished)
    frames = FrameWriter(frames_path(graph.dataset_id), 4)
    square = np.array([[0, 0], [0, 9], [9, 0], [9, 9]], np.float32)
    frames.write(square, 1, 0.5)
    frames.close()

    assert not np.allclose(disc, square)
    assert np.allclose(current_positions(unfinished), square)


def test_frames_of_former_tables_are_not_shown(graph):
    assert frames_path(graph.dataset_id).exists()
    Dataset.objects.filter(pk=graph.pk).update(version=2)
    redrawn(graph)  # nothing changed: there is no layout, and no frame of one

    assert not frames_path(graph.dataset_id).exists()


def test_frames_are_as_far_apart_as_their_size_asks():
    assert [frame_interval_s(n) for n in (10, 100_000, 1_000_000, 10_000_000)] == [
        0.1,
        0.1,
        0.5,
        5.0,
    ]


@pytest.mark.parametrize(("is_gone", "clock", "count"), [
    (False, [0.0, 0.05, 0.11, 0.12, 0.22], 3),
    (True, [0.0, 0.5, 0.99, 1.01, 2.0], 2),
])  # fmt: skip
def test_where_nobody_watches_few_frames_are_written(
    graph, showing, monkeypatch, is_gone, clock, count
):
    from graphkeep.datasets.layout import frames as layout

    monkeypatch.setattr(showing.audience, "is_gone", lambda: is_gone)
    for at in clock:
        monkeypatch.setattr(layout.time, "monotonic", lambda at=at: 1000 + at)
        showing.show(np.zeros((4, 2), np.float32), at)
    monkeypatch.undo()
    reader = FrameReader(frames_path(graph.dataset_id))

    assert reader.sequence == count
    reader.close()
