"""Colors and sizes of nodes by a column: who may set them, and what is refused."""

import json

import numpy as np
import pytest
from django.test import Client

from graphkeep.accounts.credentials.tokens import issue_token
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.appearance import set_node_encoding
from graphkeep.datasets.operations.metrics.metric_columns import add_metric
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.jobs.worker import run_pending
from tests.datasets.metrics.metric_graph import (
    column,
    events,
    prepared,
    seen,
)


def test_nodes_are_coloured_and_sized_by_any_column(alice, graph) -> None:
    def picture():
        arrays = graph_store().arrays(graph.dataset_id, "view")
        return np.array(arrays["node_color"]), np.array(arrays["node_size"])

    was = picture()
    add_metric(graph, "pagerank", actor=alice)
    run_pending()
    set_node_encoding(graph, {"color": "pagerank", "size": "pagerank"}, actor=alice)
    run_pending()
    rank = np.array(column(graph, "pagerank"))
    colors, sizes = picture()

    assert seen(graph, alice)[1:] == ({"color": "pagerank", "size": "pagerank"}, 1)
    assert np.argsort(sizes, kind="stable").tolist() == np.argsort(rank, kind="stable").tolist()
    assert sizes.max() > 30
    assert colors[rank.argmax()].tolist() == [0xF6, 0xC9, 0x45, 255]
    legend = json.loads(graph_store().bytes(graph.dataset_id, "view.json"))["legend"]
    assert [(one["attribute"], one["kind"]) for one in legend] == [("pagerank", "continuous")]

    set_node_encoding(graph, {"color": "kind"}, actor=alice)
    run_pending()
    by_kind = picture()[0]
    assert len(np.unique(by_kind, axis=0)) == 2
    assert seen(graph, alice)[1] == {"color": "kind", "size": "pagerank"}

    set_node_encoding(graph, {"color": "born"}, actor=alice)
    run_pending()
    assert len(np.unique(picture()[0], axis=0)) == 6
    legend = json.loads(graph_store().bytes(graph.dataset_id, "view.json"))["legend"]
    assert legend[0]["entries"][0]["label"] == "1970-01-01"

    set_node_encoding(graph, {"color": None, "size": None}, actor=alice)
    run_pending()
    assert np.array_equal(picture()[0], was[0])
    assert np.array_equal(picture()[1], was[1])
    assert events("dataset.looks")[0] == (
        "dataset.looks-changed", "alice", {"color": "pagerank", "size": "pagerank"},
    )  # fmt: skip


def test_looks_that_mean_nothing_are_refused(alice, graph) -> None:
    with pytest.raises(UserInputError, match="Set color or size"):
        set_node_encoding(graph, {}, actor=alice)
    with pytest.raises(UnknownColumnError, match="no column 'fame'"):
        set_node_encoding(graph, {"color": "fame"}, actor=alice)
    for name in ("kind", "community"):
        with pytest.raises(UserInputError, match="contains no positive numbers"):
            set_node_encoding(graph, {"size": name}, actor=alice)


def test_what_the_sender_encoded_comes_back(alice, graph) -> None:
    rule = {
        "graphType": "point",
        "encodingType": "color",
        "attribute": "kind",
        "variation": "categorical",
        "mapping": {"categorical": {"fixed": {"x": "#123456"}, "other": "#654321"}},
    }
    Dataset.objects.filter(pk=graph.pk).update(
        node_encodings={
            "bindings": {"node": "n"},
            "complex": {"default": {"pointColorEncoding": rule}},
        }
    )
    prepared(graph)
    set_node_encoding(graph, {"color": "degree"}, actor=alice)
    set_node_encoding(graph, {"color": None}, actor=alice)
    run_pending()

    colors = np.array(graph_store().arrays(graph.dataset_id, "view")["node_color"])
    assert colors[:2].tolist() == [[0x12, 0x34, 0x56, 255], [0x65, 0x43, 0x21, 255]]
    assert seen(graph, alice)[1]["color"] == "kind"


def test_the_former_name_of_encodings_works_and_says_that_it_is_deprecated(alice, graph) -> None:
    client = Client(headers={"Authorization": f"Bearer {issue_token(alice.user)}"})
    path = f"/api/v2/datasets/{graph.dataset_id}"
    answers = [
        client.post(f"{path}/{name}/", {"color": "degree"}, content_type="application/json")
        for name in ("looks", "encodings")
    ]
    state = client.get(f"/api/view/{graph.dataset_id}/").json()

    assert [answer.status_code for answer in answers] == [202, 202]
    assert [answer.get("Deprecation") for answer in answers] == ["true", None]
    assert answers[0]["Link"] == f'<{path}/encodings/>; rel="successor-version"'
    assert state["looks"] == state["encodings"] == {"color": "degree", "size": None}
