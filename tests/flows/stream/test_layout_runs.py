"""A layout runs while somebody watches it, whoever of them leaves and however."""

import json
import os
import signal
import time

import pytest
from websockets.sync.client import ClientConnection

from graphkeep.datasets.layout.viewer_presence import TIMEOUT_S
from tests.flows.sharing.test_sharing import make_dataset
from tests.flows.stream.test_stream import said, socket
from tests.servers import TestServer
from tests.waiting import DEADLINE_S, machine_load, wait_until

pytestmark = pytest.mark.flow

PLAY = json.dumps({"type": "play", "ms": 60_000, "options": {}})


def layout(server: TestServer, dataset_id: str) -> str:
    return server.get(f"/api/view/{dataset_id}/").json()["layout"]["state"]


def test_a_run_goes_on_while_one_of_two_viewers_stays_and_ends_with_the_last(
    server: TestServer,
) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    with socket(server, dataset_id, "alice") as stays:
        with socket(server, dataset_id, "charlie") as leaves:
            said(stays, "state")
            said(leaves, "state")
            stays.send(PLAY)
            wait_until(lambda: layout(server, dataset_id) == "running", "it did not start")
        time.sleep(TIMEOUT_S + 2)
        after_one = layout(server, dataset_id)

    assert after_one == "running"
    wait_until(lambda: layout(server, dataset_id) == "done", "nobody watches, and it runs")


def test_a_run_ends_when_the_process_that_its_viewers_hung_on_is_killed(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    note = server.home / "data/server.json"
    with socket(server, dataset_id, "alice") as stream:
        said(stream, "state")
        stream.send(PLAY)
        wait_until(lambda: layout(server, dataset_id) == "running", "it did not start")
        former = json.loads(note.read_text())["web_pids"]
        for pid in former:
            os.kill(pid, signal.SIGKILL)

        wait_until(lambda: layout(server, dataset_id) == "done", "nobody watches, and it runs")
    assert not set(json.loads(note.read_text())["web_pids"]) & set(former)


def test_a_first_picture_does_not_wait_for_somebody_s_minute_of_play(server: TestServer) -> None:
    played = make_dataset(server)
    server.ready(played)
    with socket(server, played, "alice") as stream:
        said(stream, "state")
        stream.send(PLAY)
        wait_until(lambda: layout(server, played) == "running", "it did not start")
        server.ready(make_dataset(server))

        wait_until(lambda: layout(server, played) == "running", "it did not go on")
        # A run that was waited for would be over by now.
        assert server.get(f"/api/view/{played}/").json()["layout"]["progress"] < 0.9


def test_a_pin_is_heard_by_every_viewer_and_set_by_who_may_edit(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    with (
        socket(server, dataset_id, "alice") as alice,
        socket(server, dataset_id, "charlie") as charlie,
    ):
        said(charlie, "state")
        charlie.send(json.dumps({"type": "pin", "rows": [0], "positions": [9, 9]}))
        refused = said(charlie, "refused")
        alice.send(json.dumps({"type": "pin", "rows": [1], "positions": [4.5, -1]}))
        heard = [said(one, "pins") for one in (alice, charlie)]
        alice.send(json.dumps({"type": "pin", "rows": [7], "positions": [0, 0]}))
        unknown = said(alice, "refused")
        for broken in ({"type": ["pin"]}, {"type": "pin"}, {"type": "unpin", "rows": {}}, [], 7):
            alice.send(json.dumps(broken))
        alice.send(json.dumps({"type": "unpin"}))
        wait_until(lambda: said(charlie, "pins")["rows"] == [], "nobody heard that it was let go")

    assert (refused["deed"], "may not edit" in refused["message"]) == ("pin", True)
    assert heard == [{"type": "pins", "rows": [1], "positions": [4.5, -1.0]}] * 2
    assert unknown["message"] == "There is no node 7; rows are 0 to 2."


def test_a_run_is_paused_resumed_and_stopped(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    with socket(server, dataset_id, "alice") as stream:
        said(stream, "state")
        for deed, state in (
            (PLAY, "running"),
            ('{"type": "pause"}', "paused"),
            ('{"type": "resume"}', "running"),
            ('{"type": "stop"}', "done"),
        ):
            stream.send(deed)
            wait_until(
                lambda state=state: layout(server, dataset_id) == state, f"{deed} did nothing"
            )
        stream.send('{"type": "resume"}')
        refused = said(stream, "refused")

    assert refused["message"] == "No run of this layout is paused; play it."


def frames_until(
    stream: ClientConnection, seconds: float, *, sees: bool, at_least: int = 0
) -> list[dict]:
    """The frames that come within some seconds, and until there are enough, each with its number of positions."""
    heard: list[dict] = []
    announced: dict | None = None  # a frame whose positions are still to come
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 or announced or len(heard) < at_least:
        is_over = announced is None and len(heard) >= at_least
        left = max(left, 0.0) if is_over else DEADLINE_S * machine_load()
        try:
            message = stream.recv(timeout=left)
        except TimeoutError:
            break
        if isinstance(message, bytes):
            heard.append({**announced, "count": len(message) // 4})
            announced = None
            if sees:
                stream.send(json.dumps({"type": "seen", "seq": heard[-1]["seq"]}))
        elif json.loads(message)["type"] == "frame":
            announced = json.loads(message)
    return heard


def test_a_viewer_that_does_not_keep_up_gets_few_frames_and_the_newest(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    with (
        socket(server, dataset_id, "alice") as quick,
        socket(server, dataset_id, "charlie") as slow,
    ):
        for one in (quick, slow):
            said(one, "state")
            # The last frame of its first layout.
            assert len(frames_until(one, 1, sees=one is quick)) <= 1
        quick.send(PLAY)
        many = frames_until(quick, 1, sees=True, at_least=21)
        few = frames_until(slow, 1, sees=False)
        slow.send(json.dumps({"type": "seen", "seq": 1}))
        next_one = frames_until(slow, 1, sees=False, at_least=1)

    assert len(many) > 20
    assert [one["seq"] for one in many] == list(range(2, len(many) + 2))
    assert {one["count"] for one in many} == {3}
    assert [one["seq"] for one in few + next_one] == ([2] if not few else [1, 2])
    # What it missed is gone: it is shown where the layout stands now.
    assert next_one[-1]["progress"] >= many[-1]["progress"]


def test_while_a_layout_runs_only_its_progress_is_told(server: TestServer) -> None:
    dataset_id = make_dataset(server)
    server.ready(dataset_id)
    kinds: dict[str, list[dict]] = {"state": [], "progress": []}
    with socket(server, dataset_id, "alice") as stream:
        kinds["state"].append(said(stream, "state"))
        stream.send(json.dumps({"type": "play", "ms": round(2500 * machine_load()), "options": {}}))
        while not kinds["progress"] or kinds["progress"][-1]["layout"]["state"] != "done":
            message = stream.recv(timeout=120)
            if isinstance(message, str) and json.loads(message)["type"] in kinds:
                kinds[json.loads(message)["type"]].append(json.loads(message))

    shares = [one["layout"]["progress"] for one in kinds["progress"]]
    assert len(kinds["state"]) == 1
    assert len(shares) > 4
    assert shares == sorted(shares)
    assert {frozenset(one) for one in kinds["progress"]} == {
        frozenset({"type", "layout", "progress", "message"})
    }
