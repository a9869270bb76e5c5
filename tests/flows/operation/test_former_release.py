"""A server of the former release is upgraded in place: its people, graphs and history are all still there."""

import json
import tarfile
from pathlib import Path

import pytest
import requests

from tests.data.make_former_release import PASSWORDS, answers
from tests.flows.stream.test_stream import said, socket
from tests.servers import TestServer, sign_in_page, start_server, stop_server

pytestmark = pytest.mark.flow
DATA = Path(__file__).parents[2] / "data"
KNOWN = json.loads((DATA / "former-release.json").read_text())


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    home = tmp_path_factory.mktemp("former")
    with tarfile.open(DATA / "former-release.tar.xz") as archive:
        archive.extractall(home)  # our own; Python 3.11.2 has no filter
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DJANGO_SECRET_KEY", raising=False)  # the folder has its own
        made, process = start_server(home)
    made.passwords = dict(PASSWORDS)
    try:
        yield made
    finally:
        stop_server(process)


def test_everybody_signs_in_and_sees_what_they_saw(upgraded: TestServer) -> None:
    assert answers(upgraded, KNOWN["graph"], KNOWN["public"]) == KNOWN["answers"]
    for name in PASSWORDS:
        page = sign_in_page(upgraded, name, PASSWORDS[name])
        assert (page.status_code, page.url) == (200, f"{upgraded.url}/datasets/")


def test_keys_and_links_still_open_what_they_opened(upgraded: TestServer) -> None:
    key = {"Authorization": f"PersonalKey {KNOWN['key']}"}
    files = requests.get(f"{upgraded.url}/api/v2/files/", headers=key, timeout=60)
    opened = upgraded.post("/api/v2/share/open/", None, json={"token": KNOWN["link"]})
    wrong = upgraded.post("/api/v2/share/open/", None, json={"token": KNOWN["link"][:-1] + "x"})

    assert (files.status_code, len(files.json()["results"])) == (200, KNOWN["answers"]["files"])
    assert (opened.status_code, opened.json()["dataset_id"]) == (200, KNOWN["graph"])
    assert wrong.status_code in {403, 404}


def test_pins_and_metric_columns_are_still_there(upgraded: TestServer) -> None:
    with socket(upgraded, KNOWN["graph"], "alice") as stream:
        state = said(stream, "state")
        pins = said(stream, "pins")

    assert state["pins_version"] > 0
    assert pins == {"type": "pins", "rows": [1], "positions": [4.5, -1.0]}
    assert [one["column"] for one in state["metrics"]] == ["fame"], state


def test_history_and_settings_go_on(upgraded: TestServer) -> None:
    events = [json.loads(line) for line in upgraded.run("audit").splitlines()]

    assert len(events) >= KNOWN["audit"]
    assert {"organization.created", "setting.changed"} <= {one["event"] for one in events}
    assert framed(upgraded, "https://intranet.example.org") == 200
    assert framed(upgraded, "https://evil.example.org") == 403


def framed(server: TestServer, origin: str) -> int:
    address = f"{server.url}/embed/?origin={origin}"
    return requests.get(address, timeout=60).status_code


def test_what_was_uploaded_can_be_drawn_and_shared_anew(upgraded: TestServer) -> None:
    said = {"obj_pk": KNOWN["graph"], "obj_type": "dataset", "mode": "organization"}
    before = upgraded.get(f"/api/view/{KNOWN['graph']}/", "bob").status_code
    shared = upgraded.post("/api/v2/share/link/", json=said)

    assert (before, shared.status_code) == (404, 200)
    assert upgraded.get(f"/api/view/{KNOWN['graph']}/", "bob").status_code == 200
    assert upgraded.get(f"/api/view/{KNOWN['graph']}/", "charlie").status_code == 404
