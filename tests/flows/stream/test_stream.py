"""The socket of a graph asks who is there, again and again, like any other route."""

import json
import math

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.flows.sharing.test_sharing import make_dataset, share
from tests.servers import TestServer
from tests.waiting import DEADLINE_S

pytestmark = pytest.mark.flow


def socket(
    server: TestServer, dataset_id: str, person: str | None, **extra: str
) -> ClientConnection:
    headers = {"Authorization": f"Bearer {server.token(person)}"} if person else {}
    return connect(
        f"ws://127.0.0.1:{server.port}/api/view/{dataset_id}/stream/",
        additional_headers={**headers, **extra},
        open_timeout=DEADLINE_S,
        ping_timeout=DEADLINE_S,
    )


def said(stream: ClientConnection, kind: str) -> dict:
    """The next message of a kind."""
    while True:
        message = stream.recv(timeout=120)
        if isinstance(message, str) and json.loads(message)["type"] == kind:
            return json.loads(message)


def test_the_owner_hears_the_state_and_frames_of_a_run(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    with socket(server, dataset_id, "alice") as stream:
        assert said(stream, "state")["state"] == "ready"
        stream.send(json.dumps({"type": "play", "ms": 1500, "options": {"lockedX": True}}))
        frame = said(stream, "frame")
        packed = stream.recv(timeout=120)

    assert isinstance(packed, bytes)
    assert len(packed) == 3 * 2 * 2
    assert len(frame["bounds"]) == 4


@pytest.mark.parametrize("person", [None, "charlie"])
def test_a_private_graph_tells_others_nothing(server: TestServer, person: str | None) -> None:
    dataset_id = make_dataset(server)
    share(server, dataset_id, "private")

    for wanted in (dataset_id, "0" * 32):
        with socket(server, wanted, person) as stream, pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=120)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4404


def test_a_page_of_another_site_is_refused(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    foreign = socket(server, dataset_id, "alice", Origin="http://evil.example")
    with foreign as stream, pytest.raises(ConnectionClosed) as closed:
        stream.recv(timeout=120)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


def test_who_may_only_look_cannot_move_the_nodes(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    with socket(server, dataset_id, "charlie") as stream:
        said(stream, "state")
        stream.send("no json")
        stream.send(json.dumps({"type": "play", "ms": math.nan, "options": "x"}))
        refused = said(stream, "refused")

    assert "may not edit" in refused["message"]


def test_a_socket_dies_when_sharing_ends(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    with socket(server, dataset_id, "charlie") as stream:
        said(stream, "state")
        share(server, dataset_id, "private")
        with pytest.raises(ConnectionClosed) as closed:
            said(stream, "the end")

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4404
