"""Whose files a reading may use: the actor's own, each of them."""

import pytest
from django.test import Client

from graphkeep.datasets.models import Dataset, RememberedReading
from tests.datasets.graphs import places  # noqa: F401
from tests.datasets.readings.files import client_of, post_graph, readings_of, upload

pytestmark = pytest.mark.usefixtures("places")
SECRET = "id,name\na,Operation Nightingale\nb,Operation Sparrow\n"
EDGES = "source,target\na,b\nb,a\n"
READING = {
    "kind": "edges+nodes", "source": "source", "destination": "target", "node": "id", "edge_tables": [0],
    "node_tables": [1],
}  # fmt: skip


def test_a_stranger_does_not_read_a_file_by_naming_it_beside_their_own(alice, charlie):
    secret = upload(alice, SECRET, "nodes.csv")
    own = upload(charlie, EDGES)
    client = client_of(charlie)

    answer = client.get(f"/api/new/{own.file_id}/readings/?with={secret.file_id}")
    missing = client.get(f"/api/new/{own.file_id}/readings/?with={'0' * 32}")

    assert answer.status_code == missing.status_code == 404
    assert answer.json() == missing.json()
    assert b"Nightingale" not in answer.content


def test_a_stranger_does_not_draw_a_file_by_naming_it_beside_their_own(alice, charlie):
    secret = upload(alice, SECRET, "nodes.csv")
    own = upload(charlie, EDGES)

    answer = post_graph(charlie, READING, own, secret)

    assert answer.status_code == 404
    assert Dataset.objects.count() == 0
    assert RememberedReading.objects.count() == 0


def test_a_colleague_does_not_read_a_file_either(alice, bob):
    secret = upload(alice, SECRET, "nodes.csv")
    own = upload(bob, EDGES)

    assert post_graph(bob, READING, own, secret).status_code == 404
    assert client_of(bob).get(f"/api/new/{secret.file_id}/readings/").status_code == 404


def test_nobody_reads_files_without_signing_in(alice):
    file = upload(alice, EDGES)

    assert Client().get(f"/api/new/{file.file_id}/readings/").status_code == 401
    assert Client().delete(f"/api/new/{file.file_id}/readings/").status_code == 401


def test_a_dataset_that_may_only_be_viewed_keeps_its_data(alice, bob):
    file = upload(alice, EDGES)
    made = post_graph(alice, {"source": "source", "destination": "target"}, file).json()
    Dataset.objects.update(
        privacy="organization", organization=bob.user.organizations.get(slug="acme")
    )
    own = upload(bob, EDGES)

    answer = post_graph(
        bob, {"source": "target", "destination": "source"}, own, dataset_id=made["dataset_id"]
    )

    assert answer.status_code == 403
    bindings = Dataset.objects.get().edge_encodings["bindings"]
    assert bindings == {"source": "source", "destination": "target"}


def test_what_one_remembers_is_not_told_to_another(alice, charlie):
    own, other = upload(alice, "a,b,c\nx,y,z\ny,z,x\n"), upload(charlie, "a,b,c\nx,y,z\ny,z,x\n")
    post_graph(alice, {"source": "c", "destination": "a"}, own)

    assert readings_of(alice, own)["readings"][0]["remembered"] is True
    assert not any(one["remembered"] for one in readings_of(charlie, other)["readings"])


def test_one_cannot_forget_for_another(alice, charlie):
    own, other = upload(alice, "a,b,c\nx,y,z\ny,z,x\n"), upload(charlie, "a,b,c\nx,y,z\ny,z,x\n")
    post_graph(alice, {"source": "c", "destination": "a"}, own)

    assert client_of(charlie).delete(f"/api/new/{other.file_id}/readings/").status_code == 204
    assert client_of(charlie).delete(f"/api/new/{own.file_id}/readings/").status_code == 404
    assert RememberedReading.objects.filter(user=alice.user).count() == 1
