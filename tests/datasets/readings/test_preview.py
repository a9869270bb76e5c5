"""A preview of a reading: the graph of the first rows, and nothing of it is stored."""

import json

import pytest

from graphkeep.datasets.models import Dataset, RememberedReading
from tests.datasets.graphs import places  # noqa: F401
from tests.datasets.readings.files import client_of, upload

pytestmark = pytest.mark.usefixtures("places")
EDGES = "source,target\na,b\nb,c\n"
READING = {"kind": "edges", "source": "source", "destination": "target"}


def preview(actor, reading, *files):
    first, *others = files
    return client_of(actor).post(
        f"/api/new/{first.file_id}/preview/",
        json.dumps({"reading": reading, "with": [file.file_id for file in others]}),
        content_type="application/json",
    )


def test_edges_are_pairs_of_node_numbers_and_nothing_is_stored(alice):
    answer = preview(alice, READING, upload(alice, EDGES))

    assert answer.json() == {
        "titles": ["a", "b", "c"],
        "edges": [[0, 1], [1, 2]],
        "is_sample": False,
    }
    assert (Dataset.objects.count(), RememberedReading.objects.count()) == (0, 0)


def test_nodes_of_a_second_file_are_named_by_their_titles(alice):
    nodes = upload(alice, "id,name\na,Office\nb,Kitchen\nd,Garden\n", "nodes.csv")
    reading = {
        **READING, "kind": "edges+nodes", "node": "id", "edge_tables": [0], "node_tables": [1],
        "node_bindings": {"node_title": "name"},
    }  # fmt: skip

    answer = preview(alice, reading, upload(alice, EDGES), nodes)

    assert answer.json() == {
        "titles": ["Office", "Kitchen", "c", "Garden"],
        "edges": [[0, 1], [1, 2]],
        "is_sample": False,
    }


@pytest.mark.parametrize(
    ("reading", "titles", "edge_count"),
    [
        ({"kind": "hypergraph", "columns": ["source", "target"]}, {"a", "b", "c"}, 4),
        ({"kind": "nodes", "node": "source", "columns": ["target"]}, {"a", "b"}, 2),
        ({"kind": "adjacency", "columns": ["source", "target"]}, {"a", "b", "c"}, 2),
        ({"kind": "lists", "source": "source", "destination": "target"}, {"a", "b", "c"}, 2),
    ],
)
def test_every_kind_has_a_preview(alice, reading, titles, edge_count):
    answer = preview(alice, reading, upload(alice, EDGES)).json()

    assert titles <= set(answer["titles"])
    assert len(answer["edges"]) == edge_count


def test_a_large_table_is_previewed_by_its_first_rows(alice):
    rows = "".join(f"n{row},m{row % 7}\n" for row in range(5_000))

    answer = preview(alice, READING, upload(alice, f"source,target\n{rows}")).json()

    assert answer["is_sample"] is True
    assert len(answer["titles"]) == 250
    assert len(answer["edges"]) == 243
    assert answer["edges"][0] == [0, 1]


def test_nobody_previews_a_file_of_others(alice, bob, charlie):
    secret = upload(alice, "id,name\na,Operation Nightingale\n", "nodes.csv")
    for stranger in (bob, charlie):
        own = upload(stranger, EDGES)
        for files in ((secret,), (own, secret)):
            answer = preview(stranger, READING, *files)
            assert answer.status_code == 404
            assert b"Nightingale" not in answer.content


def test_a_column_that_is_not_there_is_named(alice):
    answer = preview(alice, {**READING, "destination": "nowhere"}, upload(alice, EDGES))

    assert answer.status_code == 400
    assert "nowhere" in answer.json()["message"]
