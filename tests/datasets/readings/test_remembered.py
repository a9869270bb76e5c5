"""A reading is remembered for files of the same shape, offered first, and forgotten on request."""

import pytest

from graphkeep.accounts.models import AuditEvent
from graphkeep.datasets.models import RememberedReading
from graphkeep.datasets.operations.readings import remember_reading
from tests.datasets.graphs import places  # noqa: F401
from tests.datasets.readings.files import (
    client_of,
    draw,
    graph_of,
    post_graph,
    readings_of,
    upload,
)

pytestmark = pytest.mark.usefixtures("places")
TEXT = "source,target,via\na,b,x\nb,c,y\n"
OTHER = "source,target,via\nk,l,m\nl,n,o\nn,k,m\n"
CHOSEN = {"kind": "edges", "source": "target", "destination": "via"}


def test_a_choice_comes_first_for_the_next_file_of_the_shape(alice):
    post_graph(alice, CHOSEN, upload(alice, TEXT))
    file = upload(alice, OTHER)

    first, *rest = readings_of(alice, file)["readings"]

    assert (first["source"], first["destination"], first["remembered"]) == ("target", "via", True)
    assert first["reason"] == "As you read it last time."
    assert (rest[0]["source"], rest[0]["destination"], rest[0]["remembered"]) == (
        "source", "target", False,
    )  # fmt: skip
    assert graph_of(draw(alice, first, file))[1] == [("k", "m"), ("l", "m"), ("n", "o")]


def test_a_file_of_another_shape_is_read_as_ever(alice):
    post_graph(alice, CHOSEN, upload(alice, TEXT))

    for text in ("source,target,via\na,b,1\nb,c,2\n", "source,target\na,b\nb,c\n"):
        assert readings_of(alice, upload(alice, text))["readings"][0]["source"] == "source"


def test_the_first_suggestion_is_not_remembered(alice):
    file = upload(alice, TEXT)
    post_graph(alice, readings_of(alice, file)["readings"][0], file)

    assert RememberedReading.objects.count() == 0


def test_going_back_to_the_first_suggestion_forgets_the_other(alice):
    file = upload(alice, TEXT)
    suggested = readings_of(alice, file)["readings"][0]
    post_graph(alice, CHOSEN, file)
    post_graph(alice, suggested, file)

    assert RememberedReading.objects.count() == 0


def test_a_choice_is_forgotten_on_request(alice):
    file = upload(alice, TEXT)
    post_graph(alice, CHOSEN, file)

    answer = client_of(alice).delete(f"/api/new/{file.file_id}/readings/")

    assert answer.status_code == 204
    assert readings_of(alice, file)["readings"][0]["remembered"] is False
    assert RememberedReading.objects.count() == 0


def test_remembering_and_forgetting_are_audited(alice):
    file = upload(alice, TEXT)
    post_graph(alice, CHOSEN, file)
    post_graph(alice, CHOSEN, file)
    client_of(alice).delete(f"/api/new/{file.file_id}/readings/")
    client_of(alice).delete(f"/api/new/{file.file_id}/readings/")

    names = list(
        AuditEvent.objects.filter(event__startswith="reading.")
        .order_by("pk")
        .values_list("event", flat=True)
    )
    assert names == ["reading.remembered", "reading.forgotten"]


def test_several_files_are_remembered_in_any_order(alice):
    edges, nodes = "s,t\na,b\nb,c\n", "key,nick\na,Ann\nb,Bob\nc,Cem\n"
    chosen = {
        "kind": "edges+nodes", "source": "t", "destination": "s", "node": "key", "edge_tables": [0],
        "node_tables": [1], "node_bindings": {"node_title": "nick"},
    }  # fmt: skip
    post_graph(alice, chosen, upload(alice, edges), upload(alice, nodes))

    first = readings_of(alice, upload(alice, nodes), upload(alice, edges))["readings"][0]

    assert first["remembered"] is True
    assert (first["source"], first["edge_tables"], first["node_tables"]) == ("t", [1], [0])


def test_the_options_of_the_file_are_remembered_with_the_reading(alice):
    text = "a;b;c\nx;y;1,5\ny;z;2,5\n"
    file = upload(alice, text)
    reading = {
        "kind": "edges",
        "source": "b",
        "destination": "a",
        "edge_bindings": {"edge_weight": "c"},
    }
    options = {"decimal": ","}
    answer = post_graph(alice, reading, file, parser_options=options)
    assert answer.status_code == 201, answer.content

    first = readings_of(alice, upload(alice, text))["readings"][0]

    assert (first["remembered"], first["parser_options"]) == (True, options)
    assert first["edge_bindings"] == {"edge_weight": "c"}


def test_the_oldest_choices_are_forgotten(alice, monkeypatch):
    monkeypatch.setattr(remember_reading, "MAX_REMEMBERED", 2)
    for names in ("a,b,c", "d,e,f", "g,h,i"):
        first, _, last = names.split(",")
        post_graph(
            alice, {"source": last, "destination": first}, upload(alice, f"{names}\n1,2,3\n2,3,1\n")
        )

    assert RememberedReading.objects.count() == 2
    first = readings_of(alice, upload(alice, "a,b,c\n1,2,3\n2,3,1\n"))["readings"][0]
    assert first["remembered"] is False
