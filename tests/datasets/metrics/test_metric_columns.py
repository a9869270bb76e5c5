"""A metric becomes a column of the nodes: who may ask, what comes of it, and what it does not touch."""

import json

import numpy as np
import pyarrow as pa
import pytest
from django.test import Client

from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.api.v2.requests.layouts import MetricRequest
from graphkeep.compute.metrics.pagerank import pagerank
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.appearance import set_node_encoding
from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.operations.dataset_tables import computed_columns
from graphkeep.datasets.operations.metrics.metric_columns import add_metric, remove_metric
from graphkeep.datasets.queries.rows import histogram_of, rows_of
from graphkeep.datasets.queries.view_state import change_token, view_state
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import NotAllowedError, UserInputError
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import submit
from graphkeep.jobs.worker import run_next, run_pending
from tests.datasets.metrics.metric_graph import (
    EDGES,
    NODES,
    PAIRS,
    column,
    columns,
    events,
    measured_by,
    prepared,
    seen,
)
from tests.people import make, person


def test_a_metric_becomes_a_column_and_the_picture_stays_as_it_was(alice, graph) -> None:
    before = columns(graph)
    where = graph_store().arrays(graph.dataset_id, "layout")["position"].copy()
    version = graph.version

    add_metric(graph, "pagerank", actor=alice)
    assert seen(graph, alice)[0] == [("pagerank", "queued", "")]
    run_pending()

    assert columns(graph) == [*before, "pagerank"]
    assert column(graph, "pagerank") == pagerank(6, PAIRS).tolist()
    assert column(graph, "kind") == ["x", "y", "x", "y", "x", "y"]
    assert seen(graph, alice) == (
        [("pagerank", "done", "")],
        {"color": None, "size": None},
        0,
    )
    assert graph.version == version
    assert np.array_equal(graph_store().arrays(graph.dataset_id, "layout")["position"], where)
    assert rows_of(graph, "node", [2])["rows"][0]["pagerank"] == column(graph, "pagerank")[2]
    assert sum(histogram_of(graph, "node", "pagerank").counts) == 6
    assert events() == [
        ("dataset.metric-added", "alice", {"metric": "pagerank", "column": "pagerank"}),
        ("dataset.measured", "system", {"column": "pagerank"}),
    ]


def test_every_metric_fills_its_column(alice, graph) -> None:
    for name in METRICS:
        add_metric(graph, name, actor=alice, column=f"my {name}")
    run_pending()

    assert seen(graph, alice)[0] == [(f"my {name}", "done", "") for name in METRICS]
    assert {name: column(graph, f"my {name}") for name in METRICS if name != "pagerank"} == {
        "betweenness": pytest.approx([0, 0, 0.6, 0, 0.4, 0]),
        "community": [0, 0, 0, 1, 1, 1],
        "component": [0, 0, 0, 0, 0, 0],
        "core": [2, 2, 2, 2, 2, 1],
        "strength": [2, 2, 4, 2, 3, 1],
        "triangles": [1, 1, 2, 1, 1, 0],
        "clustering": pytest.approx([1, 1, 1 / 3, 1, 1 / 3, 0]),
    }


def test_options_are_heeded(alice, graph) -> None:
    weighted = {"weights": "w", "directed": False, "damping": 0.5}
    add_metric(graph, "pagerank", actor=alice, options=weighted)
    add_metric(graph, "strength", actor=alice, options={"weights": "w"})
    run_pending()

    weights = np.array([1, 2, 1, 5, 1, 0, 1.0])
    wanted = pagerank(6, PAIRS, weights=weights, directed=False, damping=0.5)
    assert column(graph, "pagerank") == wanted.tolist()
    assert column(graph, "strength") == [2, 3, 8, 6, 2, 1]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "metric is missing. There are: pagerank, betweenness, community"),
        ({"metric": "fame"}, "There is no metric 'fame'"),
        ({"metric": "core"}, "The nodes have a column 'core' of their own already."),
        ({"metric": "core", "column": "a/b"}, "A column's name has 1 to 100 letters"),
        ({"metric": "triangles", "options": {"x": 1}}, "Triangles has no option 'x'. Its options: none."),
        ({"metric": "pagerank", "options": []}, "options must be an object."),
        ({"metric": "pagerank", "options": [1]}, "options must be an object."),
        ({"metric": "pagerank", "options": {"directed": 1}}, "directed must be true or false."),
        ({"metric": "pagerank", "options": {"damping": 1}}, "damping must be a number from 0 to 0.99."),
        ({"metric": "pagerank", "options": {"weights": "x"}}, "There is no column 'x'. The table has: s, d"),
        ({"metric": "pagerank", "options": {"weights": "note"}}, "The column 'note' of the edges contains category values; weights takes"),
        ({"metric": "betweenness", "options": {"samples": 1.5}}, "samples must be a whole number from 1 to 5000."),
        ({"metric": "betweenness", "options": {"samples": True}}, "samples must be a whole number"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_refused_in_words(alice, graph, said, message) -> None:
    def add():
        asked = MetricRequest.parse(said)
        add_metric(graph, asked.metric, actor=alice, column=asked.column, options=asked.options)

    with pytest.raises(UserInputError) as refused:
        add()

    assert refused.value.message.startswith(message)
    assert Job.objects.filter(kind="metric").count() == 0
    assert seen(graph, alice)[0] == []


def test_what_fails_tells_why_and_may_be_asked_anew(alice, graph) -> None:
    add_metric(graph, "pagerank", actor=alice, options={"weights": "owed"})
    run_pending()

    why = "Weights must be 0 or more; the edge column 'owed' contains -4 in row 4."
    assert seen(graph, alice)[0] == [("pagerank", "failed", why)]
    assert "pagerank" not in columns(graph)
    add_metric(graph, "pagerank", actor=alice)
    run_pending()
    assert seen(graph, alice)[0] == [("pagerank", "done", "")]


def test_a_column_outlives_new_data_and_is_worked_out_from_it(alice, graph) -> None:
    add_metric(graph, "triangles", actor=alice)
    run_pending()
    attach_table(graph, "edges", EDGES.slice(0, 3), actor=alice)
    prepared(graph)

    assert column(graph, "triangles") == [1, 1, 1, 0, 0, 0]
    assert seen(graph, alice)[0] == [("triangles", "done", "")]


def test_new_data_that_brings_a_column_of_that_name_keep_it(alice, graph) -> None:
    add_metric(graph, "triangles", actor=alice)
    run_pending()
    own = NODES.append_column("triangles", pa.array([7] * 6))
    attach_table(graph, "nodes", own, actor=alice)
    prepared(graph)

    assert column(graph, "triangles") == [7] * 6
    assert seen(graph, alice)[0] == [
        (
            "triangles",
            "failed",
            "The nodes now have an imported column 'triangles'; it is not replaced.",
        )
    ]


def test_a_result_of_former_data_is_thrown_away_and_worked_out_anew(
    alice, graph, monkeypatch
) -> None:
    slow = METRICS["triangles"].compute
    ways = []

    def change_meanwhile(*args):
        if ways:
            return slow(*args)
        ways.append(1)
        attach_table(graph, "edges", EDGES.slice(0, 3), actor=alice)
        submit("prepare", {"dataset_id": graph.dataset_id})
        assert run_next()
        return slow(*args)

    measured_by(monkeypatch, "triangles", change_meanwhile)
    add_metric(graph, "triangles", actor=alice)
    assert run_next()
    assert "triangles" not in columns(graph)
    run_pending()

    assert column(graph, "triangles") == [1, 1, 1, 0, 0, 0]
    assert len(events("dataset.measured")) == 1


def test_two_that_run_side_by_side_both_arrive(alice, graph, monkeypatch) -> None:
    """The second is asked for, run and kept while the first is being worked out."""
    slow = METRICS["triangles"].compute

    def meanwhile(*args):
        add_metric(graph, "component", actor=alice)
        assert run_next()
        return slow(*args)

    measured_by(monkeypatch, "triangles", meanwhile)
    add_metric(graph, "triangles", actor=alice)
    run_pending()

    assert column(graph, "triangles") == [1, 1, 2, 1, 1, 0]
    assert column(graph, "component") == [0] * 6
    assert [state for _, state, _ in seen(graph, alice)[0]] == ["done", "done"]


def test_removing_takes_the_column_and_its_colours_away(alice, graph) -> None:
    before = columns(graph)
    add_metric(graph, "pagerank", actor=alice)
    run_pending()
    set_node_encoding(graph, {"color": "pagerank", "size": "degree"}, actor=alice)
    run_pending()
    remove_metric(graph, "pagerank", actor=alice)
    remove_metric(graph, "pagerank", actor=alice)
    remove_metric(graph, "kind", actor=alice)
    run_pending()

    legend = json.loads(graph_store().bytes(graph.dataset_id, "view.json"))["legend"]
    assert [one["attribute"] for one in legend] == ["community"]
    assert columns(graph) == before
    assert seen(graph, alice)[:2] == ([], {"color": None, "size": "degree"})
    assert events("dataset.metric-removed") == [
        ("dataset.metric-removed", "alice", {"column": "pagerank"})
    ]


def test_removing_while_it_is_worked_out_stops_it(alice, graph, monkeypatch) -> None:
    monkeypatch.setattr("graphkeep.jobs.registry.HEARTBEAT_S", 0)
    add_metric(graph, "betweenness", actor=alice)

    def stopped(graph_, options, tell):
        tell(0.25)
        told = seen(graph, alice)[0]
        assert told == [("betweenness", "running", "Computing Betweenness")]
        remove_metric(graph, "betweenness", actor=alice)
        tell(0.5)
        raise AssertionError("it went on")

    measured_by(monkeypatch, "betweenness", stopped)
    run_pending()

    assert Job.objects.get(kind="metric").state == Job.State.CANCELLED
    assert seen(graph, alice)[0] == []
    assert "betweenness" not in columns(graph)


def test_the_communities_of_a_graph_can_be_found_otherwise_and_come_back(alice, graph) -> None:
    automatic = column(graph, "community")
    add_metric(graph, "community", actor=alice, options={"resolution": 50})
    run_pending()
    assert column(graph, "community") == [0, 1, 2, 3, 4, 5]
    assert seen(graph, alice)[2] == 1

    remove_metric(graph, "community", actor=alice)
    run_pending()
    assert column(graph, "community") == automatic
    assert seen(graph, alice)[2] == 2


def test_a_page_that_waits_hears_of_it(alice, graph) -> None:
    before = change_token(graph.dataset_id)
    add_metric(graph, "core", actor=alice, column="k")
    asked = change_token(graph.dataset_id)
    run_pending()

    assert len({before, asked, change_token(graph.dataset_id)}) == 3


def test_who_may_only_look_changes_nothing(alice, graph) -> None:
    Dataset.objects.filter(pk=graph.pk).update(privacy="public")
    graph.refresh_from_db()
    charlie = person(make("charlie"))

    for deed in (
        lambda: add_metric(graph, "core", actor=charlie),
        lambda: remove_metric(graph, "core", actor=charlie),
        lambda: set_node_encoding(graph, {"color": "kind"}, actor=charlie),
    ):
        with pytest.raises(NotAllowedError):
            deed()
    assert Job.objects.filter(kind__in=["metric", "repaint", "drop-metric"]).count() == 0


def test_a_graph_that_is_not_drawn_yet_says_so(alice) -> None:
    dataset = create_dataset(
        DatasetFields(
            metadata={}, edge_encodings={"bindings": {"source": "s", "destination": "d"}}
        ),
        actor=alice,
    )

    for deed in (
        lambda: add_metric(dataset, "core", actor=alice),
        lambda: set_node_encoding(dataset, {"color": "degree"}, actor=alice),
    ):
        with pytest.raises(UserInputError, match="not prepared yet"):
            deed()
    assert view_state(dataset, alice)["metrics"] == []


def test_no_more_than_twenty(alice, graph) -> None:
    for number in range(20):
        add_metric(graph, "core", actor=alice, column=f"core {number}")
    add_metric(graph, "triangles", actor=alice, column="core 7")

    with pytest.raises(UserInputError, match="at most 20 metrics"):
        add_metric(graph, "core", actor=alice, column="core 20")
    assert seen(graph, alice)[0][-1] == ("core 7", "queued", "")


def test_the_routes(alice, graph) -> None:
    client = Client(headers={"Authorization": f"Bearer {issue_token(alice.user)}"})
    path = f"/api/v2/datasets/{graph.dataset_id}"

    def send(method, to, said=None):
        answer = client.generic(method, to, json.dumps(said or {}), content_type="application/json")
        return answer.status_code, answer.content

    names = [one["name"] for one in client.get("/api/v2/metrics/").json()["metrics"]]
    assert names == list(METRICS)
    said = {"metric": "betweenness", "column": "bridges", "options": {"samples": 3}}
    assert send("POST", f"{path}/metrics/", said) == (202, b'{"success": true}')
    assert send("POST", f"{path}/encodings/", {"size": "degree"}) == (202, b'{"success": true}')
    run_pending()
    state = client.get(f"/api/view/{graph.dataset_id}/").json()
    assert state["encodings"] == {"color": None, "size": "degree"}
    assert state["metrics"] == [
        {
            "metric": "betweenness",
            "title": "Betweenness",
            "column": "bridges",
            "options": {"directed": False, "samples": 3},
            "state": "done",
            "progress": 1.0,
            "message": "",
        }
    ]
    computed = {one["name"]: one["computed"] for one in state["columns"]["node"]}
    assert computed == {
        "n": "", "kind": "", "core": "", "born": "", "degree": "degree", "degree_in": "degree",
        "degree_out": "degree", "community": "community", "bridges": "betweenness",
    }  # fmt: skip
    assert send("DELETE", f"{path}/metrics/bridges/") == (204, b"")
    assert send("POST", f"{path}/metrics/", {"metric": "x"})[0] == 400
    assert computed_columns(graph, DatasetFiles(graph.dataset_id).graph()) == {
        name: value for name, value in computed.items() if value and name != "bridges"
    }


def test_a_metric_and_a_job_of_the_former_release_are_read(alice, graph) -> None:
    stored = {"metric": "core", "column": "c", "options": {}, "error": "", "ask": "0123"}
    Dataset.objects.filter(pk=graph.pk).update(extras={"metrics": [stored]})
    graph.refresh_from_db()
    submit("metric", {"dataset_id": graph.dataset_id, "ask": "0123"})
    run_pending()

    assert seen(graph, alice)[0] == [("c", "done", "")]
    assert column(graph, "c") == [2, 2, 2, 2, 2, 1]
