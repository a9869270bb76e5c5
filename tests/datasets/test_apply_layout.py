"""Whoever may edit a graph arranges it for all, with what belongs to the layout, and can take that back."""

import json

import numpy as np
import pyarrow as pa
import pytest
from django.db import connection

from graphkeep.accounts.models import AuditEvent
from graphkeep.compute.layouts import force
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout import apply_layout as arranging
from graphkeep.datasets.layout.apply_layout import start_layout, start_undo
from graphkeep.datasets.layout.pin_commands import pin_nodes, unpin_nodes
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.layout.run_commands import (
    pause_layout_run,
    start_layout_run,
    stop_layout_run,
)
from graphkeep.datasets.layout.state import full_layout_state, pack_layout
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.queries.view_state import (
    change_token,
    pins_payload,
    view_payload,
    view_state,
)
from graphkeep.graph.errors import NotAllowedError, UnknownColumnError, UserInputError
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import cancel
from graphkeep.jobs.worker import run_pending
from graphkeep.store.frames import FrameReader
from graphkeep.view.pack import unpack
from tests.datasets.graphs import described, drawn, edges, places, redrawn  # noqa: F401
from tests.people import make, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("places")]

AXES = {
    "graphType": "point", "encodingType": "axis", "attribute": "degree", "variation": "categorical",
    "rows": [{"r": 10, "label": "outer", "external": True}],
}  # fmt: skip


@pytest.fixture
def graph(alice):
    return drawn(alice, edges("ab", "ac", "bd", "be"))


def fresh(dataset: Dataset) -> Dataset:
    return Dataset.objects.get(pk=dataset.pk)


def positions(dataset: Dataset) -> list[list[float]]:
    return current_positions(fresh(dataset)).tolist()


def arranged(dataset: Dataset, actor, layout: str, **options) -> Dataset:
    start_layout(fresh(dataset), layout, options, actor=actor)
    run_pending()
    return fresh(dataset)


def header_of(dataset: Dataset) -> dict:
    return unpack(view_payload(fresh(dataset)))[0]


def test_a_graph_is_arranged_and_stays_so_when_it_is_opened_again(graph, alice):
    now = arranged(graph, alice, "tree", direction="right", level_distance=2)

    at = np.array(positions(graph))
    assert (at[:, 0] - at[0, 0]).tolist() == [0, 2, 2, 4, 4]
    assert unpack(view_payload(now))[1]["position"].tolist() == at.tolist()
    layout = view_state(now, alice)["layout"]
    assert layout["revision"]
    assert {
        key: layout[key] for key in ("state", "name", "options", "notes", "former", "error")
    } == {
        "state": "done",
        "name": "tree",
        "options": {"direction": "right", "level_distance": 2},
        "notes": [],
        "former": "force",
        "error": None,
    }


def test_axes_and_frames_come_with_the_picture_and_go_with_the_next_layout(graph, alice):
    arranged(graph, alice, "ring", column="degree", by="category")
    rings = header_of(graph)
    arranged(graph, alice, "boxes", column="id")
    boxes = header_of(graph)
    arranged(graph, alice, "force")
    plain = header_of(graph)

    assert [axis["label"] for axis in rings["axes"]] == ["1", "2", "3"]
    assert {axis["kind"] for axis in rings["axes"]} == {"r"}
    assert (rings["boxes"], boxes["axes"]) == ([], [])
    assert [box["label"] for box in boxes["boxes"]] == ["5 small groups"]
    assert (plain["axes"], plain["boxes"], plain["outline"]) == ([], [], "")


def test_strong_edges_are_drawn_shorter_as_when_the_graph_is_first_drawn(alice):
    dataset = described(
        alice,
        edge_encodings={
            "bindings": {"source": "s", "destination": "d", "edge_weight": "amount"},
        },
    )
    pairs = ["ab", "bc", "cd", "de", "ef", "fa"]
    table = edges(*pairs).append_column("amount", [[9, 1, 1, 9, 1, 1]])
    attach_table(dataset, "edges", table, actor=alice)
    graph = redrawn(dataset)
    ends = np.array([["abcdef".index(one) for one in pair] for pair in pairs])

    def ratio() -> float:
        """How long a weak edge is drawn by a strong one."""
        at = np.array(positions(graph))
        length = np.hypot(*(at[ends[:, 0]] - at[ends[:, 1]]).T)
        return float(length[[1, 2, 4, 5]].mean() / length[[0, 3]].mean())

    first = ratio()
    arranged(graph, alice, "force")

    assert first > 1.4
    assert ratio() > 1.2


def test_force_is_arranged_by_its_style(graph, alice, monkeypatch):
    received = []
    force_layout = force.force_layout

    def record(*arguments, **options):
        received.append((options["style"], options["quality"], options["options"].gravity))
        return force_layout(*arguments, **options)

    monkeypatch.setattr(force, "force_layout", record)
    now = arranged(graph, alice, "force", style="clusters", quality="best", gravity=2)

    assert received == [("clusters", "best", 2.0)]
    assert view_state(now, alice)["layout"]["options"] == {
        "style": "clusters", "quality": "best", "gravity": 2,
    }  # fmt: skip


def test_a_map_says_that_the_world_is_beneath_it(alice):
    dataset = described(alice, node_encodings={"bindings": {"node": "n"}})
    attach_table(dataset, "edges", edges("ab"), actor=alice)
    cities = pa.table({"n": ["a", "b"], "lat": [52.52, -33.87], "lon": [13.4, 151.2]})
    attach_table(dataset, "nodes", cities, actor=alice)
    now = arranged(redrawn(dataset), alice, "geographic")

    assert header_of(now)["outline"] == "world"
    assert np.allclose(np.array(positions(now))[:, 0], [13.4, 151.2], atol=1e-5)


def test_undone_it_stands_as_before_and_undone_again_as_after(graph, alice):
    before = positions(graph)
    arranged(graph, alice, "radial")
    after = positions(graph)
    start_undo(fresh(graph), actor=alice)
    run_pending()
    undone, undone_layout = positions(graph), view_state(fresh(graph), alice)["layout"]
    start_undo(fresh(graph), actor=alice)
    run_pending()

    assert before != after
    assert undone == before
    assert (undone_layout["name"], undone_layout["former"]) == ("force", "radial")
    assert positions(graph) == after
    assert view_state(fresh(graph), alice)["layout"]["name"] == "radial"
    assert [axis["label"] for axis in header_of(graph)["axes"]] == ["1 step", "2 steps"]


def test_each_change_has_a_revision_of_its_own_and_wakes_who_only_waits(graph, alice):
    seen = [change_token(graph.dataset_id)]
    revisions = [view_state(graph, alice)["layout"]["revision"]]
    for layout in ("tree", "tree", "grid"):
        revisions.append(view_state(arranged(graph, alice, layout), alice)["layout"]["revision"])
        seen.append(change_token(graph.dataset_id))
    start_undo(fresh(graph), actor=alice)
    run_pending()
    revisions.append(view_state(fresh(graph), alice)["layout"]["revision"])

    assert len(set(revisions)) == 5
    assert len(set(seen)) == 4


def test_who_watches_sees_where_the_nodes_go(graph, alice):
    arranged(graph, alice, "grid", order="table")
    reader = FrameReader(DatasetFiles(graph.dataset_id).frames())
    frame = reader.latest()
    reader.close()

    assert frame is not None
    assert (frame.sequence, frame.final, frame.progress) == (2, True, 1.0)
    assert frame.bounds == (0, -1, 2, 0)


def test_while_it_is_worked_out_the_state_says_so(graph, alice):
    start_layout(graph, "tree", {}, actor=alice)

    layout = view_state(fresh(graph), alice)["layout"]
    assert (layout["state"], layout["converged"], layout["arranging"]) == ("queued", False, True)
    run_pending()
    assert view_state(fresh(graph), alice)["layout"]["arranging"] is False


def test_a_second_wish_takes_the_place_of_the_first_and_of_a_run(graph, alice):
    start_layout_run(graph, 60_000, {}, actor=alice)
    first = start_layout(graph, "tree", {}, actor=alice)
    start_layout(graph, "grid", {}, actor=alice)
    run_pending()

    first.refresh_from_db()
    assert first.state == Job.State.CANCELLED
    assert Job.objects.get(kind="play").state == Job.State.CANCELLED
    assert view_state(fresh(graph), alice)["layout"]["name"] == "grid"


def test_a_paused_run_is_over_and_an_arrangement_can_be_stopped(graph, alice):
    start_layout_run(graph, 60_000, {}, actor=alice)
    pause_layout_run(graph, actor=alice)
    start_layout(graph, "tree", {}, actor=alice)
    run_pending()
    start_layout(fresh(graph), "grid", {}, actor=alice)
    stop_layout_run(fresh(graph), actor=alice)
    run_pending()

    assert Job.objects.get(kind="play").state == Job.State.CANCELLED
    layout = view_state(fresh(graph), alice)["layout"]
    assert (layout["name"], layout["state"]) == ("tree", "done")


def test_one_that_is_called_off_on_the_way_changes_nothing(graph, alice, monkeypatch):
    before = positions(graph)
    place = arranging.LAYOUTS["tree"].place

    def place_and_call_off(*arguments):
        cancel(Job.objects.get(kind="arrange"))
        connection.close()  # a layout is computed in a thread of its own
        return place(*arguments)

    slow = arranging.LAYOUTS["tree"].__class__(
        **{**arranging.LAYOUTS["tree"].__dict__, "place": place_and_call_off}
    )
    monkeypatch.setitem(arranging.LAYOUTS, "tree", slow)
    arranged(graph, alice, "tree")

    assert Job.objects.get(kind="arrange").state == Job.State.CANCELLED
    assert positions(graph) == before
    assert view_state(fresh(graph), alice)["layout"]["former"] == ""


def test_what_a_layout_cannot_do_is_told_where_people_look(graph, alice):
    failed = arranged(graph, alice, "geographic")

    layout = view_state(failed, alice)["layout"]
    assert (layout["state"], layout["name"]) == ("done", "force")
    assert layout["error"]["message"] == (
        "There is no node column latitude: choose the column, or bind node_latitude."
    )
    assert view_state(arranged(graph, alice, "tree"), alice)["layout"]["error"] is None


def test_wishes_that_make_no_sense_are_refused_at_once_in_words(graph, alice):
    with pytest.raises(UserInputError, match="layout 'spiral' is not one of force, boxes, layered"):
        start_layout(graph, "spiral", {}, actor=alice)
    with pytest.raises(UserInputError, match="Choose the column for this layout"):
        start_layout(graph, "ring", {}, actor=alice)
    with pytest.raises(UnknownColumnError, match="There is no column 'size'"):
        start_layout(graph, "ring", {"column": "size"}, actor=alice)
    with pytest.raises(UserInputError, match="No layout was applied yet that could be undone"):
        start_undo(graph, actor=alice)
    with pytest.raises(UserInputError, match="not prepared yet"):
        start_layout(described(alice), "tree", {}, actor=alice)
    assert not Job.objects.filter(kind="arrange").exists()


def test_only_who_may_edit_arranges_and_each_deed_has_its_line(graph, alice):
    charlie = person(make("charlie"))
    for deed in (
        lambda: start_layout(graph, "tree", {}, actor=charlie),
        lambda: start_undo(graph, actor=charlie),
    ):
        with pytest.raises(NotAllowedError):
            deed()
    arranged(graph, alice, "tree")
    start_undo(fresh(graph), actor=alice)

    lines = AuditEvent.objects.filter(event__startswith="dataset.arrange").order_by("pk")
    assert [(line.event, line.details) for line in lines] == [
        ("dataset.arranged", {"layout": "tree"}),
        ("dataset.arrangement-undone", {}),
    ]


def test_new_tables_make_a_new_picture_that_nothing_leads_back_from(graph, alice):
    arranged(graph, alice, "ring", column="degree", by="category")
    attach_table(fresh(graph), "edges", edges("ab", "bc"), actor=alice)
    now = redrawn(graph)

    layout = view_state(now, alice)["layout"]
    assert (layout["name"], layout["former"], header_of(now)["axes"]) == ("force", "", [])


def test_given_positions_and_their_axes_come_back(alice):
    dataset = create_dataset(
        DatasetFields(
            name="rings",
            metadata={},
            node_encodings={
                "bindings": {"node": "n", "node_x": "x", "node_y": "y"},
                "complex": {"default": {"pointAxisEncoding": AXES}},
            },
            edge_encodings={"bindings": {"source": "s", "destination": "d"}},
        ),
        actor=alice,
    )
    attach_table(dataset, "edges", edges("ab", "bc"), actor=alice)
    nodes = pa.table({"n": ["a", "b", "c"], "x": [0.0, 10, 0], "y": [10.0, 0, -10]})
    attach_table(dataset, "nodes", nodes, actor=alice)
    dataset = redrawn(dataset)
    sent = (
        positions(dataset),
        header_of(dataset)["axes"],
        view_state(dataset, alice)["layout"]["state"],
    )
    grid = arranged(dataset, alice, "grid")
    between = (header_of(grid)["axes"], view_state(grid, alice)["layout"]["state"])
    given = arranged(dataset, alice, "given")

    assert sent == (
        [[0, 10], [10, 0], [0, -10]],
        [{"kind": "r", "value": 10.0, "label": "outer", "style": "external"}],
        "fixed",
    )
    assert between == ([], "done")
    assert (positions(given), header_of(given)["axes"]) == sent[:2]


def test_the_force_layout_played_on_takes_the_axes_away(graph, alice):
    arranged(graph, alice, "radial")
    start_layout_run(fresh(graph), 100, {}, actor=alice)
    run_pending()

    layout = view_state(fresh(graph), alice)["layout"]
    assert (layout["name"], layout["revision"], header_of(graph)["axes"]) == ("force", "", [])


def test_played_with_its_radius_locked_rings_stay(graph, alice):
    before = arranged(graph, alice, "radial")
    axes = header_of(before)["axes"]
    radius = np.hypot(*np.array(positions(before)).T)
    start_layout_run(before, 100, {"lockedR": True}, actor=alice)
    run_pending()

    assert header_of(graph)["axes"] == axes
    assert np.allclose(np.hypot(*np.array(positions(graph)).T), radius, atol=1e-3)


def test_nodes_moved_by_hand_are_let_go_by_an_arrangement_and_stay_alone_in_one(graph, alice):
    pin_nodes(graph, [3], [50.0, 50.0], actor=alice)
    run_pending()
    tree = arranged(graph, alice, "tree")
    unpinned = (pins_payload(tree), positions(graph))
    pin_nodes(tree, [3], [9.0, 9.0], actor=alice)
    run_pending()
    moved = positions(graph)
    unpin_nodes(fresh(graph), [3], actor=alice)
    run_pending()

    assert unpinned[0] == {"rows": [], "positions": []}
    assert moved == [*unpinned[1][:3], [9.0, 9.0], unpinned[1][4]]
    assert positions(graph) == unpinned[1]
    start_undo(fresh(graph), actor=alice)
    run_pending()
    assert positions(graph)[3] == [50.0, 50.0]


def test_the_arrangement_can_be_asked_for_alone(graph, alice):
    now = arranged(graph, alice, "radial")
    header, arrays = unpack(pack_layout(now))

    assert arrays["position"].tolist() == positions(graph)
    assert header == json.loads(json.dumps(full_layout_state(now)))
    assert header["name"] == "radial"
    assert [axis["label"] for axis in header["axes"]] == ["1 step", "2 steps"]
