"""Who puts a node somewhere finds it there; the layout goes around it until it is let go."""

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.accounts.models import AuditEvent
from graphkeep.datasets.layout import pin_commands
from graphkeep.datasets.layout.pin_commands import pin_nodes, unpin_nodes
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.layout.run_commands import (
    pause_layout_run,
    resume_layout_run,
    start_layout_run,
)
from graphkeep.datasets.models import Dataset, Pin
from graphkeep.datasets.operations.dataset_commands import attach_table
from graphkeep.datasets.queries.view_state import change_token, pins_payload, view_state
from graphkeep.graph.errors import LimitExceededError, NotAllowedError, UserInputError
from graphkeep.jobs.models import Job
from graphkeep.jobs.worker import run_pending
from tests.datasets.graphs import described, drawn, edges, places, redrawn  # noqa: F401
from tests.people import make, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places")]


@pytest.fixture
def graph(alice):
    return drawn(alice, edges("ab", "bc", "ca", "cd"))


def positions(dataset: Dataset) -> np.ndarray:
    return current_positions(Dataset.objects.get(pk=dataset.pk))


def runs() -> int:
    return Job.objects.filter(kind="play").count()


def test_a_pinned_node_stands_where_it_was_put_before_and_after_the_layout_relaxed(graph, alice):
    before = positions(graph)
    far = (before[:3].mean(axis=0) - 2 * (before[3] - before[:3].mean(axis=0))).tolist()
    pin_nodes(graph, [3], far, actor=alice)
    at_once = positions(graph)
    run_pending()
    after = positions(graph)

    assert np.allclose(at_once[3], far)
    assert np.array_equal(at_once[:3], before[:3])
    assert np.allclose(after[3], far)
    # Node 2 alone is joined to it: it was the farthest, and has come to its side.
    assert np.argmax(from_node_3(at_once)) == 2
    assert np.argmin(from_node_3(after)) == 2
    assert pins_payload(graph) == {"rows": [3], "positions": np.float32(far).tolist()}


def test_a_node_that_is_let_go_stays_until_the_layout_takes_it_back(graph, alice):
    before = positions(graph)
    pin_nodes(graph, [3], [5.0, -2.0], actor=alice)
    run_pending()
    unpin_nodes(graph, [3], actor=alice)
    at_once = positions(graph)
    assert at_once[3].tolist() == [5.0, -2.0]
    assert pins_payload(graph) == {"rows": [], "positions": []}
    run_pending()
    after = positions(graph)

    # The edge that holds it is as long as it was, beside the others.
    assert stretch(after) == pytest.approx(stretch(before), rel=0.3)
    assert not Pin.objects.exists()


def from_node_3(placed: np.ndarray) -> np.ndarray:
    return np.hypot(*(placed[:3] - placed[3]).T)


def stretch(placed: np.ndarray) -> float:
    """The length of the edge 2 - 3 in that of 0 - 1."""
    return float(np.hypot(*(placed[3] - placed[2])) / np.hypot(*(placed[1] - placed[0])))


def test_a_node_is_let_go_from_where_it_is_said(graph, alice):
    pin_nodes(graph, [0, 1], [50.0, 0.0, 60.0, 0.0], actor=alice)
    unpin_nodes(graph, [1], [1.0, 2.0], actor=alice)

    assert positions(graph)[1].tolist() == [1.0, 2.0]
    assert pins_payload(graph) == {"rows": [0], "positions": [50.0, 0.0]}


def test_all_are_let_go_at_once(graph, alice):
    pin_nodes(graph, [0, 1], [5.0, 0.0, 6.0, 0.0], actor=alice)
    unpin_nodes(graph, actor=alice)

    assert pins_payload(graph)["rows"] == []
    kept = AuditEvent.objects.filter(event__startswith="dataset.").order_by("pk")
    assert [(one.event, one.details.get("count")) for one in kept][-2:] == [
        ("dataset.pinned", 2),
        ("dataset.unpinned", 2),
    ]


def test_the_page_hears_of_each_change(graph, alice):
    seen = [change_token(graph.dataset_id)]
    pin_nodes(graph, [0], [5.0, 0.0], actor=alice)
    run_pending()
    seen.append(change_token(graph.dataset_id))
    pin_nodes(graph, [0], [5.0, 1.0], actor=alice)
    run_pending()
    seen.append(change_token(graph.dataset_id))
    graph.refresh_from_db()

    assert len(set(seen)) == 3
    assert view_state(graph, alice)["pins_version"] == graph.pins_version


def test_what_is_moved_during_a_run_is_met_by_that_run(graph, alice, monkeypatch):
    from graphkeep.datasets.layout import run_job

    seen = []

    def stored(dataset_id: str, placed: np.ndarray, *more: object) -> None:
        seen.append(placed[0].tolist())
        if len(seen) == 1:
            pin_nodes(graph, [0], [-7.0, 7.0], actor=alice)
        original(dataset_id, placed, *more)

    original = run_job.store_layout
    monkeypatch.setattr(run_job, "store_layout", stored)
    pin_nodes(graph, [0], [9.0, 9.0], actor=alice)
    run_pending()

    assert np.allclose(seen, [[9.0, 9.0], [-7.0, 7.0]])
    assert runs() == 1
    assert positions(graph)[0].tolist() == [-7.0, 7.0]


def test_a_paused_run_does_not_relax_and_meets_the_pin_when_it_is_resumed(graph, alice):
    start_layout_run(graph, 300, {}, actor=alice)
    pause_layout_run(graph, actor=alice)
    pin_nodes(graph, [0], [9.0, 9.0], actor=alice)
    run_pending()
    before = positions(graph)
    resume_layout_run(graph, actor=alice)
    run_pending()

    assert runs() == 1
    assert before[0].tolist() == positions(graph)[0].tolist() == [9.0, 9.0]
    assert not np.array_equal(before, positions(graph))


def test_given_positions_do_not_relax_and_come_back(alice):
    said = {"bindings": {"node": "n", "node_x": "x", "node_y": "y"}}
    dataset = described(alice, node_encodings=said)
    nodes = pa.table({"n": ["a", "b", "c"], "x": [0.0, 1.0, 2.0], "y": [0.0, 0.0, 5.0]})
    attach_table(dataset, "edges", edges("ab", "bc"), actor=alice)
    attach_table(dataset, "nodes", nodes, actor=alice)
    graph = redrawn(dataset)
    pin_nodes(graph, [1], [8.0, 8.0], actor=alice)
    moved = positions(graph).tolist()
    unpin_nodes(graph, [1], actor=alice)

    assert moved == [[0.0, 0.0], [8.0, 8.0], [2.0, 5.0]]
    assert positions(graph).tolist() == [[0.0, 0.0], [1.0, 0.0], [2.0, 5.0]]
    assert runs() == 0


def test_who_may_only_look_pins_nothing(graph):
    charlie = person(make("charlie"))
    graph.privacy = Dataset.Privacy.PUBLIC
    graph.save()

    for deed in (
        lambda: pin_nodes(graph, [0], [1.0, 1.0], actor=charlie),
        lambda: unpin_nodes(graph, actor=charlie),
    ):
        with pytest.raises(NotAllowedError, match="may not edit"):
            deed()
    assert not Pin.objects.exists()


@pytest.mark.parametrize(
    ("rows", "where", "message"),
    [
        ([4], [0, 0], "There is no node 4; rows are 0 to 3"),
        ([-1], [0, 0], "There is no node -1"),
        ([0], [0], "x and y of each row"),
    ],
)
def test_what_names_no_place_is_refused_in_words(graph, alice, rows, where, message):
    with pytest.raises(UserInputError, match=message):
        pin_nodes(graph, rows, where, actor=alice)

    assert not Pin.objects.exists()


def test_there_is_a_most(graph, alice, monkeypatch):
    monkeypatch.setattr(pin_commands, "MAX_PINS", 2)
    pin_nodes(graph, [0, 1], [0.0, 0.0, 1.0, 1.0], actor=alice)
    pin_nodes(graph, [0], [3.0, 0.0], actor=alice)

    with pytest.raises(LimitExceededError, match="At most 2 nodes"):
        pin_nodes(graph, [2], [0.0, 0.0], actor=alice)
    assert pins_payload(graph)["rows"] == [0, 1]


def test_other_tables_know_no_former_rows(graph, alice):
    pin_nodes(graph, [3], [5.0, -2.0], actor=alice)
    attach_table(graph, "edges", edges("xy", "yz"), actor=alice)
    again = redrawn(graph)

    assert pins_payload(again) == {"rows": [], "positions": []}
    assert np.isfinite(positions(again)).all()
