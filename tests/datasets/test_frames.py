"""Frames of a layout that is under way."""

import numpy as np
import pytest

from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.frames import FramePublisher, frame_interval_s
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.models import Dataset
from graphkeep.jobs.models import Job
from graphkeep.jobs.registry import JobContext
from graphkeep.store.frames import FrameReader, FrameWriter
from tests.datasets.graphs import drawn, edges, places, redrawn  # noqa: F401
from tests.people import make, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places")]


@pytest.fixture
def graph():
    return drawn(person(make("alice")), edges("ab", "bc", "ca", "cd"))


@pytest.fixture
def publisher(graph):
    context = JobContext(Job.objects.create(kind="play"))
    with FramePublisher(context, DatasetFiles(graph.dataset_id), graph.node_count) as publisher:
        yield publisher


def test_a_picture_taken_meanwhile_shows_the_latest_frame(graph):
    Dataset.objects.filter(pk=graph.pk).update(has_final_layout=False)
    unfinished = Dataset.objects.get(pk=graph.pk)
    DatasetFiles(graph.dataset_id).frames().unlink()
    disc = current_positions(unfinished)
    frames = FrameWriter(DatasetFiles(graph.dataset_id).frames(), 4)
    square = np.array([[0, 0], [0, 9], [9, 0], [9, 9]], np.float32)
    frames.write(square, 1, 0.5)
    frames.close()

    assert not np.allclose(disc, square)
    assert np.allclose(current_positions(unfinished), square)


def test_frames_of_former_tables_are_not_shown(graph):
    assert DatasetFiles(graph.dataset_id).frames().exists()
    Dataset.objects.filter(pk=graph.pk).update(version=2)
    redrawn(graph)  # nothing changed: there is no layout, and no frame of one

    assert not DatasetFiles(graph.dataset_id).frames().exists()


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
    graph, publisher, monkeypatch, is_gone, clock, count
):
    from graphkeep.datasets.layout import frames

    monkeypatch.setattr(publisher.presence, "is_gone", lambda: is_gone)
    for at in clock:
        monkeypatch.setattr(frames.time, "monotonic", lambda at=at: 1000 + at)
        publisher.publish(np.zeros((4, 2), np.float32), at)
    monkeypatch.undo()
    reader = FrameReader(DatasetFiles(graph.dataset_id).frames())

    assert reader.sequence == count
    reader.close()
