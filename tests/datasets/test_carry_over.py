"""A graph that is drawn anew keeps its nodes where they were, by their ids."""

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.apply_layout import start_layout
from graphkeep.datasets.layout.pin_commands import pin_nodes
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.layout.state import full_layout_state, undo_target
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations import prepare
from graphkeep.datasets.operations.dataset_commands import attach_table, change_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.queries.view_state import pins_payload
from graphkeep.datasets.storage import graph_store
from graphkeep.jobs.models import Job
from graphkeep.jobs.worker import run_pending
from tests.datasets.graphs import drawn, places, redrawn  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places")]

RING = [(f"n{at}", f"n{(at + 1) % 24}") for at in range(24)]


def rows(pairs) -> pa.Table:
    source, destination = zip(*pairs, strict=True)
    return pa.table({"s": list(source), "d": list(destination)})


@pytest.fixture
def ring(alice):
    return drawn(alice, rows(RING))


@pytest.fixture
def starts(monkeypatch):
    """From where each layout starts; nothing for one from scratch."""
    seen = []
    layout = prepare.run_initial_layout

    def lay_out(*said: object, positions: np.ndarray | None, **more: object) -> None:
        seen.append(positions)
        layout(*said, positions=positions, **more)

    monkeypatch.setattr(prepare, "run_initial_layout", lay_out)
    return seen


def places_of(dataset: Dataset, positions: np.ndarray | None = None) -> dict[str, np.ndarray]:
    ids = graph_store().table(dataset.dataset_id, "nodes")["id"].to_pylist()
    if positions is None:
        positions = current_positions(Dataset.objects.get(pk=dataset.pk))
    return dict(zip(ids, positions, strict=True))


def likeness(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> float:
    """1 where the nodes that both have stand in the same places, but for scale and middle."""
    both = sorted(set(one) & set(other))
    a, b = (np.array([at[name] for name in both]) for at in (one, other))
    a, b = (part - part.mean(axis=0) for part in (a, b))
    return float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()))


def test_new_edges_and_nodes_leave_the_others_where_they_were(ring, alice, starts) -> None:
    before = places_of(ring)
    more = [*RING, ("n0", "new"), ("new", "newer"), ("n5", "n7")]
    attach_table(ring, "edges", rows(more[::-1]), actor=alice)
    again = redrawn(ring)

    began = places_of(again, starts[0])
    for name, place in before.items():
        assert np.array_equal(began[name], place), name
    edge = np.median([np.hypot(*(before[a] - before[b])) for a, b in RING])
    assert np.hypot(*(began["new"] - before["n0"])) <= edge
    assert likeness(before, places_of(again)) > 0.95


def test_other_colours_move_nothing(ring, alice, starts) -> None:
    before = places_of(ring)
    change_dataset(
        ring, DatasetFields(node_encodings={"bindings": {"node_title": "id"}}), actor=alice
    )
    again = redrawn(ring)

    assert starts == []
    assert {name: place.tolist() for name, place in places_of(again).items()} == {
        name: place.tolist() for name, place in before.items()
    }
    assert again.has_final_layout


def test_other_colours_leave_an_arrangement_its_axes_and_its_way_back(ring, alice) -> None:
    start_layout(ring, "boxes", {"column": "community"}, actor=alice)
    run_pending()
    before = full_layout_state(Dataset.objects.get(pk=ring.pk))
    stood = current_positions(Dataset.objects.get(pk=ring.pk))
    change_dataset(
        Dataset.objects.get(pk=ring.pk),
        DatasetFields(node_encodings={"bindings": {"node_title": "id"}}),
        actor=alice,
    )
    again = redrawn(ring)

    assert full_layout_state(again) == before
    assert (before["name"], before["former"], bool(before["boxes"])) == ("boxes", "force", True)
    assert np.array_equal(current_positions(again), stood)


def test_other_rows_take_the_way_back_away(ring, alice) -> None:
    start_layout(ring, "circle", {}, actor=alice)
    run_pending()
    assert undo_target(Dataset.objects.get(pk=ring.pk)) is not None
    attach_table(ring, "edges", rows(RING[::-1]), actor=alice)
    again = redrawn(ring)

    assert again.node_count == 24
    assert undo_target(again) is None


def test_other_weights_are_laid_out(alice, starts) -> None:
    weighted = rows(RING).append_column("w", pa.array([1.0] * 24))
    graph = drawn(alice, weighted)
    bindings = {"source": "s", "destination": "d", "edge_weight": "w"}
    change_dataset(graph, DatasetFields(edge_encodings={"bindings": bindings}), actor=alice)
    redrawn(graph)

    assert [start is None for start in starts] == [True, False]


def test_numbers_that_come_as_text_are_the_same_nodes(alice, starts) -> None:
    numbers = [(at, (at + 1) % 9) for at in range(9)]
    graph = drawn(alice, rows(numbers))
    before = current_positions(Dataset.objects.get(pk=graph.pk))
    attach_table(graph, "edges", rows([(str(a), f"{b}") for a, b in numbers]), actor=alice)
    again = redrawn(graph)

    assert np.array_equal(current_positions(again), before)
    assert len(starts) == 1


def test_another_graph_is_laid_out_from_nothing(ring, alice, starts) -> None:
    attach_table(ring, "edges", rows([("n0", f"m{at}") for at in range(20)]), actor=alice)
    again = redrawn(ring)

    assert starts == [None]
    assert np.isfinite(current_positions(again)).all()


def test_pins_go_over_to_the_same_nodes(ring, alice) -> None:
    row = {name: at for at, name in enumerate(places_of(ring))}
    pin_nodes(ring, [row["n3"], row["n4"]], [30.0, 3.0, 40.0, 4.0], actor=alice)
    run_pending()
    without = [pair for pair in RING if "n4" not in pair]
    attach_table(ring, "edges", rows([("first", "n9"), *without]), actor=alice)
    again = redrawn(ring)
    new_row = {name: at for at, name in enumerate(places_of(again))}

    assert pins_payload(again) == {"rows": [new_row["n3"]], "positions": [30.0, 3.0]}
    assert new_row["n3"] != row["n3"]


def test_what_a_crash_cut_off_still_knows_the_former_places(
    ring, alice, starts, monkeypatch
) -> None:
    before = places_of(ring)

    def die(*said: object, **more: object) -> None:
        raise SystemExit

    attach_table(ring, "edges", rows([*RING, ("n0", "new")]), actor=alice)
    for part in ("remap_pins", "run_initial_layout"):
        with monkeypatch.context() as patch:
            patch.setattr(prepare, part, die)
            with pytest.raises(SystemExit):
                redrawn(ring)
        assert not Dataset.objects.get(pk=ring.pk).has_final_layout
        Job.objects.all().delete()
        Dataset.objects.filter(pk=ring.pk).update(prepared_version=1)
    again = redrawn(ring)

    began = places_of(again, starts[-1])
    assert all(np.array_equal(began[name], place) for name, place in before.items())


def test_who_was_taken_out_is_remembered_nowhere(ring, alice) -> None:
    attach_table(ring, "edges", rows(RING[:-2]), actor=alice)
    redrawn(ring)
    folder = graph_store().files.path(ring.dataset_id, "x").parent

    assert DatasetFiles(ring.dataset_id).previous_nodes() is None
    holding = [path.name for path in folder.iterdir() if b"n23" in path.read_bytes()]
    assert holding == [], holding


def test_a_picture_of_new_tables_shows_where_the_layout_starts(ring, alice, monkeypatch) -> None:
    seen = []
    layout = prepare.run_initial_layout

    def lay_out(context, files, graph, *, positions, finished) -> None:
        shown = current_positions(Dataset.objects.get(dataset_id=files.dataset_id))
        seen.append(np.abs(shown - positions).max() / np.ptp(positions))
        layout(context, files, graph, positions=positions, finished=finished)

    monkeypatch.setattr(prepare, "run_initial_layout", lay_out)
    attach_table(ring, "edges", rows([*RING, ("n0", "new")]), actor=alice)
    redrawn(ring)

    assert seen == [pytest.approx(0, abs=1e-4)]
    assert DatasetFiles(ring.dataset_id).frames().exists()
