"""Titles fall back row by row: title, label, id."""

import numpy as np
import pyarrow as pa
import pytest

from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.dataset_commands import attach_table
from graphkeep.datasets.queries.rows import node_titles, search_nodes
from graphkeep.datasets.queries.view_state import view_payload
from graphkeep.graph.bindings import Bindings
from graphkeep.view.pack import unpack
from graphkeep.view.titles import titles_of
from tests.datasets.graphs import described, edges, places, redrawn  # noqa: F401
from tests.people import make, person

NODES = pa.table(
    {
        "n": ["a", "b", "c", "d"],
        "title": [None, "B", "", None],
        "label": ["first", "second", "third", None],
    }
)
BINDINGS = Bindings(source="s", destination="d", node="n", node_title="title", node_label="label")


def test_a_missing_title_is_the_label_and_a_missing_label_the_id():
    assert titles_of(NODES, BINDINGS, np.arange(4)) == ["first", "B", "third", "d"]


def test_titles_come_in_the_order_of_the_rows_and_may_be_cut():
    assert titles_of(NODES, BINDINGS, np.array([3, 0]), max_length=3) == ["d", "fir"]


def test_lists_are_titles_too():
    nodes = pa.table({"n": ["a"], "title": [["x", "y"]]})

    assert titles_of(nodes, BINDINGS, np.array([0])) == ["['x', 'y']"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("places")
def test_a_node_has_one_title_in_the_picture_and_in_every_answer():
    alice = person(make("alice"))
    bindings = {"node": "n", "node_title": "title", "node_label": "label"}
    dataset = described(alice, node_encodings={"bindings": bindings})
    attach_table(dataset, "edges", edges("ab", "bc", "cd"), actor=alice)
    attach_table(dataset, "nodes", NODES, actor=alice)
    graph: Dataset = redrawn(dataset)

    header, arrays = unpack(view_payload(graph))
    drawn = dict(zip(arrays["importance"].tolist(), header["titles"], strict=True))
    answered = {int(row): title for row, title in node_titles(graph, [0, 1, 2, 3, 9]).items()}

    assert answered == drawn == {0: "first", 1: "B", 2: "third", 3: "d"}
    assert [hit["title"] for hit in search_nodes(graph, "third")] == ["third"]
